import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import type { HeadsPlace } from '../../core/registry/kept-heads.ts'
import type { HeadsApart, Registry } from '../../core/registry/registry.ts'
import { fitting } from './ask.ts'
import { HEADS_IN_PAGE } from './head-pages.ts'
import { describeHeads, readEach, stamp } from './head-reads.ts'
import { remoteFailure } from './remote-failure.ts'
import { count, kindId, version } from './shapes.ts'

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

interface ApartSource {
  client: SupabaseClient
  label: string
  /** Whose heads they are; without it, the sum proves nothing. */
  keep: HeadsPlace | undefined
}

/** The port's question for the heads that a commit does not prove to be the same. */
export function createHeadsApart({ client, label, keep }: ApartSource): Registry['headsApart'] {
  return async (kinds) => {
    const what = describeHeads(kinds.map(({ kind }) => kind))
    const p_asked = kinds.map((one) => ({ ...one, most: HEADS_IN_PAGE }))
    const { data, error, status } = await client.rpc('registry_heads_apart', { p_asked })
    if (error) throw remoteFailure(label, what, { ...error, status })
    const answer = fitting(label, what, apartAnswer, data)
    const sums = answer.map(({ kind, count, sum }) => [kind, count, sum])
    const read: HeadsApart['kinds'] = answer.map(({ kind, apart, trees, heads }) => ({
      kind,
      apart: new Set(apart),
      trees: new Map(Object.entries(trees)),
      heads: heads === null ? undefined : readEach(label, what, heads),
    }))
    return { sum: keep && JSON.stringify([...keep.reader, ...sums]), kinds: read }
  }
}
