/**
 * Groups model names by bundle: the server has NAME, and NAME:adapter and NAME:prism for one bundle or
 * NAME:BUNDLE:adapter and NAME:BUNDLE:prism for several.
 *
 * Returns {label, base, adapter, prism}; adapter and prism are null for a model without a bundle.
 */
export function groups(ids) {
  const plain = ids.filter((id) => !/:(adapter|prism)$/.test(id));
  const stems = ids.filter((id) => id.endsWith(":prism")).map((id) => id.slice(0, -":prism".length));
  const bundled = stems.map((stem) => {
    const owners = plain.filter((id) => stem === id || stem.startsWith(`${id}:`));
    const base = owners.sort((a, b) => b.length - a.length)[0] ?? null;
    const label = base === null || stem === base ? stem : `${base} · ${stem.slice(base.length + 1)}`;
    const adapter = `${stem}:adapter`;
    return { label, base, adapter: ids.includes(adapter) ? adapter : null, prism: `${stem}:prism` };
  });
  const bare = plain
    .filter((id) => !bundled.some((group) => group.base === id))
    .map((id) => ({ label: id, base: id, adapter: null, prism: null }));
  return [...bundled, ...bare];
}

/** The model that each position of the switch asks; null where the server has none. */
export function modelOf(group, lane) {
  if (lane === "both") return group.base && group.adapter;
  return { auto: group.prism, base: group.base, adapter: group.adapter }[lane];
}
