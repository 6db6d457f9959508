/// A chart on the page: its drawings for narrow and wide screens, its caption and its numbers.
struct ReportFigure: Sendable {
  let figureClass: ReportMarkup
  let figureTitle: ReportMarkup
  let drawings: [ReportFigureDrawing]
  let figureCaption: ReportMarkup
  let dataTable: ReportTable

  /// - Parameters:
  ///   - id: unique on the page; letters, digits and hyphens.
  ///   - isHalf: shares a row with another figure.
  init(_ chart: any ReportChart, id: String, isHalf: Bool = false, caption: ReportMarkup) {
    figureClass = isHalf ? "half" : "full"
    figureTitle = "\(chart.name)"
    figureCaption = caption
    dataTable = chart.table
    func drawings(_ className: ReportMarkup, _ width: Double) -> [ReportFigureDrawing] {
      chart.drawings(id: "\(id)-\(className.html)", width: width).map {
        ReportFigureDrawing(drawingClass: className, svg: $0.markup)
      }
    }
    self.drawings =
      drawings("narrow", ChartWidth.narrow)
      + drawings("wide", isHalf ? ChartWidth.half : ChartWidth.wide)
  }
}

struct ReportFigureDrawing: Sendable {
  /// Which screens it is for: narrow or wide.
  let drawingClass: ReportMarkup
  let svg: ReportMarkup
}
