import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import { nameOf } from '../../contract/name.ts'
import { type HeadsEvent, type HeadsPlace, readKnownPlaces } from '../../core/registry/kept-heads.ts'
import {
  addUp,
  answerFromHeads,
  type KindSum,
  mergeAnswer,
  type SinceAnswer,
} from '../../core/registry/merge-answer.ts'
import type { Head, HeadsAnswer, HeadsApart, Registry } from '../../core/registry/registry.ts'
import { type Ask, fitting } from './ask.ts'
import { type AskedHeads, type AskSince, HEADS_IN_PAGE, readInPages, readSince } from './head-pages.ts'
import { remoteFailure } from './remote-failure.ts'
import { HEAD_COLUMNS, headDocument, headRow, splitRefs } from './rows.ts'
import { count, kindId, seq, version } from './shapes.ts'

const stamp = z.string().regex(/^-?\d{1,30}$/)
const sinceAnswer = z.object({
  seq,
  mark: z.uuid().nullable(),
  kinds: z
    .array(
      z.object({
        kind: kindId,
        whole: z.boolean(),
        // read one by one, by readEach
        heads: z.array(z.unknown()),
        stamps: z.record(z.string().max(200), stamp),
        count,
        sum: stamp,
      }),
    )
    .max(1_000),
})

const TREE = /^[0-9a-f]{40}$/

const apartAnswer = z
  .array(
    z.object({
      kind: kindId,
      count,
      sum: stamp,
      apart: z.array(z.string().max(3)).max(4_096),
      trees: z.record(z.string().max(200), z.tuple([version, z.string().regex(TREE)])),
      // read one by one, by readEach
      heads: z.array(z.unknown()).nullable(),
    }),
  )
  .max(1_000)

/** Asks about heads, and may note the answers. */
export interface WatchHeads {
  /** What moved since these events. */
  since(
    events: ReadonlyMap<string, HeadsEvent | undefined>,
    ask: () => Promise<SinceAnswer>,
  ): Promise<SinceAnswer>
  /** What heads add up to, among other things. */
  sums<Answer extends KindSum[]>(ask: () => Promise<Answer>): Promise<Answer>
}

/** What reads of heads need. */
interface HeadsSource {
  client: SupabaseClient
  label: string
  ask: Ask
  /** Where heads are kept between commands; without it, all are read each time. */
  keep: HeadsPlace | undefined
  watchHeads?: WatchHeads | undefined
  /** Another value after every change of what a preview shows; undefined in production. */
  stateOfPreview?: (() => Promise<string>) | undefined
}

/** The port's reads of heads. */
export function createHeadReads(
  source: HeadsSource,
): Pick<Registry, 'heads' | 'askForHeads' | 'headsApart' | 'head'> {
  const { ask, keep } = source
  const askForHeads: Registry['askForHeads'] = async (...kinds) => {
    if (keep) return askForMoved(source, keep, kinds)
    const { stateOfPreview: state } = source
    const askAll = (requests: readonly (string | AskedHeads)[]) => readAll(source, kinds, requests)
    const heads = await (state ? readInPages({ ask: askAll, state }, kinds) : askAll(kinds))
    return { sum: undefined, read: async () => heads }
  }
  return {
    askForHeads,
    headsApart: createHeadsApart(source),
    heads: async (...kinds) => (await askForHeads(...kinds)).read(),
    async head(kind, id) {
      const query = source.client
        .from('registry_heads')
        .select(HEAD_COLUMNS)
        .eq('kind', kind)
        .eq('id', id)
        .limit(1)
      const [head] = await ask(`read the head of ${nameOf({ kind, id })}`, headRow, query)
      return head
    },
  }
}

/**
 * Heads in one document, because publishes between two pages would make the list inconsistent; SQL uses the port's field
 * names.
 */
async function readAll(
  { client, label }: HeadsSource,
  kinds: readonly string[],
  p_kinds: readonly (string | AskedHeads)[],
): Promise<Head[]> {
  const what = describeHeads(kinds)
  const { data, error, status } = await client.rpc('registry_heads_json', { p_kinds })
  if (error) throw remoteFailure(label, what, { ...error, status })
  return readEach(label, what, fitting(label, what, z.array(z.unknown()), data))
}

const oneHead = z.object({ heads: z.record(z.string(), headDocument) })

/**
 * The heads of an answer. Each is let go as soon as it is read: two copies of 100,000 heads are more than a command may
 * take of a machine's memory.
 */
function readEach(label: string, what: string, documents: unknown[]): Head[] {
  const commits = new Map<string, Head['commit']>()
  return documents.map((document, at) => {
    documents[at] = undefined
    const { heads } = fitting(label, what, oneHead, { heads: { [at]: document } })
    return toHead(heads[at] as z.output<typeof headDocument>, commits)
  })
}

/** The port's question for the heads that a commit does not prove to be the same. */
function createHeadsApart({ client, label, keep, watchHeads }: HeadsSource): Registry['headsApart'] {
  return async (kinds) => {
    const what = describeHeads(kinds.map(({ kind }) => kind))
    const p_asked = kinds.map((one) => ({ ...one, most: HEADS_IN_PAGE }))
    const ask = async () => {
      const { data, error, status } = await client.rpc('registry_heads_apart', { p_asked })
      if (error) throw remoteFailure(label, what, { ...error, status })
      return fitting(label, what, apartAnswer, data)
    }
    const answer = await (watchHeads ? watchHeads.sums(ask) : ask())
    const read: HeadsApart['kinds'] = answer.map(({ kind, apart, trees, heads }) => ({
      kind,
      apart: new Set(apart),
      trees: new Map(Object.entries(trees)),
      heads: heads === null ? undefined : readEach(label, what, heads),
    }))
    return { sum: keep && addUp(keep, answer), kinds: read }
  }
}

const describeHeads = (kinds: readonly string[]) => `read the heads of ${kinds.join(', ')}`

/** Texts that many heads have are in memory once: most are of a few commits, and live with their newest content. */
function toHead(document: z.output<typeof headDocument>, commits: Map<string, Head['commit']>): Head {
  const { commitSha: sha, commitRank: rank, metadata: description, references, ...head } = document
  const commit = commits.get(`${sha} ${rank}`) ?? { sha, rank }
  commits.set(`${sha} ${rank}`, commit)
  const liveDigest = head.liveDigest === head.digest ? head.digest : head.liveDigest
  return { ...head, liveDigest, commit, description, ...splitRefs(references) }
}

/** Asks for what moved since the kept heads. If both do not prove to be what the registry has, asks for all. */
async function askForMoved(
  source: HeadsSource,
  keep: HeadsPlace,
  kinds: readonly string[],
): Promise<HeadsAnswer> {
  return answerFromHeads(
    keep,
    kinds,
    await askSince(source, readKnownPlaces(keep, kinds)),
    async (unproven) => {
      const nothing = new Map(unproven.map((kind) => [kind, undefined]))
      return mergeAnswer(keep, await askSince(source, nothing))
    },
  )
}

async function askSince(
  source: HeadsSource,
  places: ReadonlyMap<string, HeadsEvent | undefined>,
): Promise<SinceAnswer> {
  const requests = Array.from(places, ([kind, one]) => ({ kind, seq: one?.seq, mark: one?.mark }))
  const ask = () => readSince(callSince(source), requests)
  return source.watchHeads ? source.watchHeads.since(places, ask) : ask()
}

function callSince({ client, label }: HeadsSource): AskSince {
  return async (p_known) => {
    const what = describeHeads(p_known.map(({ kind }) => kind))
    const { data, error, status } = await client.rpc('registry_heads_since', { p_known })
    if (error) throw remoteFailure(label, what, { ...error, status })
    const { kinds, ...rest } = fitting(label, what, sinceAnswer, data)
    return { ...rest, kinds: kinds.map((one) => ({ ...one, heads: readEach(label, what, one.heads) })) }
  }
}
