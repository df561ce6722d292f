interface End {
  kind: string
  id: string
  met: boolean
}

/** The links of one definition, in both directions. */
export interface LinksOf {
  kind: string
  id: string
  needs: readonly End[]
  neededBy: readonly End[]
}

/** Definitions as boxes: who needs something stands above what is needed. */
export interface LinksGraph {
  nodes: { id: string; label: string; notes: string[]; kind: string; name: string }[]
  edges: { from: string; to: string; met: boolean }[]
  /** Definitions that have no place in the picture. */
  left: number
}

/** The most boxes of one picture. */
const MOST = 60

/**
 * The links of a definition and those of its neighbours, as one graph.
 * @param most boxes, the nearest first; an arrow needs both of its ends
 */
export function joinLinks(links: LinksOf, neighbours: readonly LinksOf[], most = MOST): LinksGraph {
  const names = new Map<string, { kind: string; id: string }>()
  const edges = new Map<string, { from: string; to: string; met: boolean }>()
  const add = (from: { kind: string; id: string }, to: { kind: string; id: string }, met: boolean) => {
    for (const end of [from, to]) names.set(nameOf(end), names.get(nameOf(end)) ?? end)
    const key = JSON.stringify([nameOf(from), nameOf(to)])
    edges.set(key, { from: nameOf(from), to: nameOf(to), met: met && (edges.get(key)?.met ?? true) })
  }
  names.set(nameOf(links), links)
  for (const one of [links, ...neighbours]) {
    for (const need of one.needs) add(one, need, need.met)
    for (const need of one.neededBy) add(need, one, need.met)
  }
  const shown = [...names].slice(0, most)
  const ids = new Set(shown.map(([name]) => name))
  return {
    nodes: shown.map(([name, { kind, id }]) => ({ id: name, label: id, notes: [kind], kind, name: id })),
    edges: [...edges.values()].filter(({ from, to }) => ids.has(from) && ids.has(to)),
    left: names.size - shown.length,
  }
}

const nameOf = ({ kind, id }: { kind: string; id: string }) => `${kind}/${id}`
