import type { MovedHeads } from '../../core/registry/kept-heads.ts'
import type { HeadsOfKind, SinceAnswer } from '../../core/registry/merge-answer.ts'
import type { Head } from '../../core/registry/registry.ts'
import { SmallHeads } from '../../core/registry/small-heads.ts'
import { keepHeapSmall } from '../../core/small-heap.ts'

/** Heads in one answer: 100,000 in one document are more than a command may take of a machine's memory. */
export const HEADS_IN_PAGE = 5_000

/** A kind whose heads are asked for: what moved since an event, or a page. */
export interface AskedHeads {
  kind: string
  seq?: number | undefined
  mark?: string | undefined
  /** The id after which the page begins. */
  after?: string
  most?: number
}

/** One call of `registry_heads_since`. */
export type AskSince = (requests: readonly AskedHeads[]) => Promise<SinceAnswer>

/**
 * The same as one call without pages. Heads that come in several pages are of several times, so at the end what moved since
 * the first page is asked for: what was read must then prove to be what the registry has, or it is read in one document.
 */
export async function readSince(
  ask: AskSince,
  requests: readonly AskedHeads[],
  most = HEADS_IN_PAGE,
): Promise<SinceAnswer> {
  const first = await ask(requests.map((one) => ({ ...one, most })))
  const kinds: HeadsOfKind[] = []
  for (const page of first.kinds) {
    const isPart = page.whole && page.heads.length >= most
    kinds.push(isPart ? ((await readRest(ask, page, first, most)) ?? (await readAtOnce(ask, page))) : page)
  }
  return { ...first, kinds }
}

async function readAtOnce(ask: AskSince, { kind }: HeadsOfKind): Promise<HeadsOfKind> {
  const { kinds } = await ask([{ kind }])
  return kinds[0] ?? { kind, whole: true, heads: [], stamps: {}, count: 0, sum: '0' }
}

/** All heads of a kind after its first page; undefined if they are not proven. */
async function readRest(
  ask: AskSince,
  first: HeadsOfKind,
  { seq, mark }: SinceAnswer,
  most: number,
): Promise<HeadsOfKind | undefined> {
  const { kind } = first
  if (mark === null) return undefined
  const heads = new Map<string, Head>()
  const stamps = new Map<string, string | undefined>()
  const small = keepHeapSmall(first.count) ? new SmallHeads() : undefined
  const add = (page: MovedHeads) => {
    for (const head of page.heads) {
      heads.set(head.id, small?.pack(head) ?? head)
      stamps.set(head.id, Object.hasOwn(page.stamps, head.id) ? page.stamps[head.id] : undefined)
    }
  }
  for (let page: HeadsOfKind | undefined = first; page; ) {
    add(page)
    const after: string | undefined = page.heads.length < most ? undefined : page.heads.at(-1)?.id
    page = after === undefined ? undefined : (await ask([{ kind, after, most }])).kinds[0]
  }
  const [moved] = (await ask([{ kind, seq, mark, most }])).kinds
  if (!moved || moved.whole) return undefined
  add(moved)
  const { count, sum } = moved
  let total = 0n
  for (const stamp of stamps.values()) total += BigInt(stamp ?? 0)
  if (heads.size !== count || total !== BigInt(sum)) return undefined
  return {
    kind,
    whole: true,
    heads: [...heads.values()],
    stamps: Object.fromEntries(stamps) as Record<string, string>,
    count,
    sum,
  }
}

/** What is asked for heads that have no stamps. */
export interface PlainPages {
  /** Asks for pages, or for everything of kinds without `most`. */
  ask: (requests: readonly AskedHeads[]) => Promise<Head[]>
  /** Another value after every change; fails where the caller may not know. */
  state: () => Promise<string>
}

/** How often heads are read in pages, while others publish, before they are read in one document. */
const TRIES = 3

/** All heads of some kinds at one time, in pages if there are many. */
export async function readInPages(
  { ask, state }: PlainPages,
  kinds: readonly string[],
  most = HEADS_IN_PAGE,
): Promise<Head[]> {
  const heads = await ask(kinds.map((kind) => ({ kind, most })))
  if (pagesAfter(kinds, heads, most).length === 0) return sortByKind(heads, kinds)
  for (let left = TRIES; left > 0; left--) {
    const before = await state().catch(() => undefined)
    if (before === undefined) break
    const all = await readPages(ask, kinds, most)
    if ((await state()) === before) return sortByKind(all, kinds)
  }
  return ask(kinds.map((kind) => ({ kind })))
}

async function readPages(ask: PlainPages['ask'], kinds: readonly string[], most: number): Promise<Head[]> {
  const all: Head[] = []
  const small = new SmallHeads()
  let packed = 0
  for (let requests: AskedHeads[] = kinds.map((kind) => ({ kind, most })); requests.length > 0; ) {
    const page = await ask(requests)
    for (const head of page) all.push(head)
    if (keepHeapSmall(all.length))
      for (; packed < all.length; packed++) all[packed] = small.pack(all[packed] as Head)
    requests = pagesAfter(kinds, page, most)
  }
  return all
}

/** The next page of each kind of which there may be more. */
function pagesAfter(kinds: readonly string[], page: readonly Head[], most: number): AskedHeads[] {
  return kinds.flatMap((kind) => {
    const own = page.filter((head) => head.kind === kind)
    const after = own.length < most ? undefined : own.at(-1)?.id
    return after === undefined ? [] : [{ kind, after, most }]
  })
}

/** In the order of the kinds. Ids are ASCII, which pages may have in another order than that of their bytes. */
function sortByKind(heads: readonly Head[], kinds: readonly string[]): Head[] {
  const places = new Map(kinds.map((kind, at) => [kind, at]))
  const placeOf = ({ kind }: Head) => places.get(kind) ?? 0
  return [...heads].sort((a, b) => placeOf(a) - placeOf(b) || (a.id < b.id ? -1 : 1))
}
