import Foundation
import PrismEvaluation
import Testing

@Suite("IFEval: the language of a text")
struct LanguageDetectorTests {
  /// Written for this table: a few everyday sentences in each language.
  @Test(
    "samples",
    arguments: [
      (
        "en",
        "On Sundays we walk along the river with the dog. Nobody hurries, and when it rains we simply turn around and drink tea at home until the clouds have gone."
      ),
      (
        "de",
        "Am Sonntag gehen wir mit dem Hund am Fluss entlang. Niemand hat es eilig, und wenn es regnet, kehren wir einfach um und trinken zu Hause Tee."
      ),
      (
        "fr",
        "Le dimanche, nous marchons le long de la rivière avec le chien. Personne n'est pressé, et quand il pleut nous rentrons simplement boire du thé à la maison."
      ),
      (
        "es",
        "Los domingos caminamos junto al río con el perro. Nadie tiene prisa, y cuando llueve simplemente volvemos a casa y tomamos té hasta que se van las nubes."
      ),
      (
        "pt",
        "Aos domingos caminhamos junto ao rio com o cão. Ninguém tem pressa e, quando chove, voltamos simplesmente para casa e bebemos chá até as nuvens passarem."
      ),
      (
        "it",
        "La domenica camminiamo lungo il fiume con il cane. Nessuno ha fretta e, quando piove, torniamo semplicemente a casa a bere il tè finché le nuvole passano."
      ),
      (
        "nl",
        "Op zondag wandelen we met de hond langs de rivier. Niemand heeft haast, en als het regent keren we gewoon om en drinken we thuis thee."
      ),
      (
        "sv",
        "På söndagar går vi längs floden med hunden. Ingen har bråttom, och när det regnar vänder vi bara om och dricker te hemma tills molnen är borta."
      ),
      (
        "da",
        "Om søndagen går vi langs floden med hunden. Ingen har travlt, og når det regner, vender vi bare om og drikker te derhjemme, indtil skyerne er væk."
      ),
      (
        "no",
        "På søndager går vi langs elven med hunden. Ingen har det travelt, og når det regner, snur vi bare og drikker te hjemme til skyene er borte."
      ),
      (
        "fi",
        "Sunnuntaisin kävelemme koiran kanssa joen rantaa pitkin. Kenelläkään ei ole kiire, ja kun sataa, käännymme takaisin ja juomme kotona teetä."
      ),
      (
        "pl",
        "W niedzielę spacerujemy z psem wzdłuż rzeki. Nikt się nie spieszy, a kiedy pada deszcz, po prostu wracamy do domu i pijemy herbatę."
      ),
      (
        "cs",
        "V neděli chodíme se psem podél řeky. Nikdo nespěchá, a když prší, prostě se vrátíme domů a pijeme čaj, dokud mraky nezmizí."
      ),
      (
        "ro",
        "Duminica ne plimbăm cu câinele de-a lungul râului. Nimeni nu se grăbește, iar când plouă ne întoarcem acasă și bem ceai până trec norii."
      ),
      (
        "hu",
        "Vasárnap a kutyával sétálunk a folyó mentén. Senki sem siet, és ha esik az eső, egyszerűen hazamegyünk, és teát iszunk, amíg a felhők el nem vonulnak."
      ),
      (
        "tr",
        "Pazar günleri köpekle birlikte nehir boyunca yürüyoruz. Kimsenin acelesi yok ve yağmur yağdığında eve dönüp bulutlar gidene kadar çay içiyoruz."
      ),
      (
        "vi",
        "Chủ nhật chúng tôi đi bộ dọc bờ sông với con chó. Không ai vội vàng, và khi trời mưa chúng tôi chỉ quay về nhà uống trà."
      ),
      (
        "id",
        "Pada hari Minggu kami berjalan di sepanjang sungai bersama anjing. Tidak ada yang terburu-buru, dan jika hujan kami pulang dan minum teh di rumah."
      ),
      (
        "sw",
        "Siku ya Jumapili tunatembea kando ya mto pamoja na mbwa. Hakuna mtu mwenye haraka, na mvua ikinyesha tunarudi nyumbani na kunywa chai."
      ),
      (
        "tl",
        "Tuwing Linggo naglalakad kami sa tabi ng ilog kasama ang aso. Walang nagmamadali, at kapag umuulan ay umuuwi na lang kami at umiinom ng tsaa."
      ),
      (
        "ru",
        "По воскресеньям мы гуляем с собакой вдоль реки. Никто не спешит, а когда идёт дождь, мы просто возвращаемся домой и пьём чай."
      ),
      (
        "uk",
        "Щонеділі ми гуляємо з собакою вздовж річки. Ніхто не поспішає, а коли йде дощ, ми просто повертаємося додому і п'ємо чай."
      ),
      (
        "bg",
        "В неделя се разхождаме с кучето край реката. Никой не бърза, а когато вали, просто се прибираме вкъщи и пием чай."
      ),
      (
        "ar",
        "في يوم الأحد نمشي مع الكلب على طول النهر. لا أحد في عجلة من أمره، وعندما تمطر السماء نعود إلى البيت ونشرب الشاي."
      ),
      (
        "fa",
        "روزهای یکشنبه با سگ کنار رودخانه راه می رویم. هیچ کس عجله ندارد و وقتی باران می بارد به خانه برمی گردیم و چای می نوشیم."
      ),
      (
        "ur",
        "اتوار کے دن ہم کتے کے ساتھ دریا کے کنارے چلتے ہیں۔ کسی کو جلدی نہیں ہوتی، اور جب بارش ہوتی ہے تو ہم گھر واپس آ کر چائے پیتے ہیں۔"
      ),
      (
        "hi",
        "रविवार को हम कुत्ते के साथ नदी के किनारे टहलते हैं। किसी को जल्दी नहीं होती, और जब बारिश होती है तो हम घर लौटकर चाय पीते हैं।"
      ),
      ("mr", "रविवारी आम्ही कुत्र्याला घेऊन नदीच्या काठाने फिरायला जातो. कोणालाही घाई नसते आणि पाऊस आला तर आम्ही घरी परत येऊन चहा पितो."),
      ("ne", "आइतबार हामी कुकुरसँग नदीको किनारमा हिँड्छौं। कसैलाई हतार हुँदैन, र पानी पर्‍यो भने हामी घर फर्केर चिया पिउँछौं।"),
      ("bn", "রবিবারে আমরা কুকুর নিয়ে নদীর ধারে হাঁটি।"), ("pa", "ਐਤਵਾਰ ਨੂੰ ਅਸੀਂ ਨਦੀ ਦੇ ਕੰਢੇ ਤੁਰਦੇ ਹਾਂ।"),
      ("gu", "રવિવારે અમે નદીના કિનારે ચાલીએ છીએ."), ("ta", "ஞாயிற்றுக்கிழமை நாங்கள் ஆற்றங்கரையில் நடக்கிறோம்."),
      ("te", "ఆదివారం మేము నది ఒడ్డున నడుస్తాము."), ("kn", "ಭಾನುವಾರ ನಾವು ನದಿಯ ದಡದಲ್ಲಿ ನಡೆಯುತ್ತೇವೆ."),
      ("ml", "ഞായറാഴ്ച ഞങ്ങൾ പുഴയോരത്ത് നടക്കുന്നു."), ("th", "วันอาทิตย์เราเดินเล่นริมแม่น้ำกับสุนัข"),
      ("ko", "일요일에는 개와 함께 강을 따라 걷습니다."), ("ja", "日曜日は犬と一緒に川沿いを散歩します。"),
      ("el", "Την Κυριακή περπατάμε δίπλα στο ποτάμι."),
      ("he", "ביום ראשון אנחנו הולכים לאורך הנהר."),
      ("zh-cn", "星期天我们带着狗沿着河边散步，下雨时就回家喝茶。"),
      ("zh-tw", "星期天我們帶著狗沿著河邊散步，下雨時就回家喝茶。"),
    ])
  func samples(_ code: String, _ text: String) throws {
    let detector = try LanguageDetector.shipped()
    #expect(detector.language(of: ScalarText(text)) == code)
    // Case makes no difference.
    #expect(detector.language(of: ScalarText(text.uppercased())) == code)
  }

  @Test("nothing to go by")
  func nothing() throws {
    let detector = try LanguageDetector.shipped()
    #expect(detector.language(of: "12 + 5 = 17 🙂") == nil)
    #expect(detector.language(of: "") == nil)
    #expect(detector.language(of: "Հայաստան") == nil)
    #expect(detector.isConsistent("17", with: "sw"))
  }

  @Test("the 55 languages of langdetect")
  func languages() throws {
    let languages = try LanguageDetector.shipped().languages
    #expect(Set(languages).count == 55)
    #expect(languages == languages.sorted())
  }

  @Test("only the beginning of a long text is read")
  func long() throws {
    let english = String(repeating: "this is the way that we do it ", count: 400)
    let german = String(repeating: "so machen wir das und nicht anders ", count: 4000)
    #expect(try LanguageDetector.shipped().language(of: ScalarText(english + german)) == "en")
  }
}
