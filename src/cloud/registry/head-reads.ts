import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import { nameOf } from '../../contract/name.ts'
import { type HeadsEvent, type HeadsPlace, readKnownPlaces } from '../../core/registry/kept-heads.ts'
import {
  answerFromHeads,
  type KindSum,
  mergeAnswer,
  type SinceAnswer,
} from '../../core/registry/merge-answer.ts'
import type { Head, HeadsAnswer, Registry } from '../../core/registry/registry.ts'
import { keepHeapSmall } from '../../core/small-heap.ts'
import { type Ask, fitting } from './ask.ts'
import { describeHeads, readEach } from './head-documents.ts'
import { type AskedHeads, type AskSince, readInPages, readSince } from './head-pages.ts'
import { checkApart, describeKinds, readApart, requestApart } from './heads-apart.ts'
import { remoteFailure } from './remote-failure.ts'
import { HEAD_COLUMNS, headRow } from './rows.ts'
import { count, kindId, seq, stamp } from './shapes.ts'

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

/** The port's question for the heads that a commit does not prove to be the same. */
function createHeadsApart({ client, label, keep, watchHeads }: HeadsSource): Registry['headsApart'] {
  return async (kinds) => {
    const ask = async () => {
      const { data, error, status } = await client.rpc('registry_heads_apart', {
        p_asked: requestApart(kinds),
      })
      if (error) throw remoteFailure(label, describeKinds(kinds), { ...error, status })
      return checkApart(label, kinds, data)
    }
    return readApart({ label, keep }, kinds, await (watchHeads ? watchHeads.sums(ask) : ask()))
  }
}

/** Asks for what moved since the kept heads. If both do not prove to be what the registry has, asks for all. */
async function askForMoved(
  source: HeadsSource,
  keep: HeadsPlace,
  kinds: readonly string[],
): Promise<HeadsAnswer> {
  const answer = await askSince(source, readKnownPlaces(keep, kinds))
  for (const { count } of answer.kinds) keepHeapSmall(count)
  return answerFromHeads(keep, kinds, answer, async (unproven) => {
    const nothing = new Map(unproven.map((kind) => [kind, undefined]))
    return mergeAnswer(keep, await askSince(source, nothing))
  })
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
