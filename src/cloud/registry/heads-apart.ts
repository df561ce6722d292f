import * as z from 'zod'
import type { HeadsPlace } from '../../core/registry/kept-heads.ts'
import type { AskedKind, HeadsApart } from '../../core/registry/registry.ts'
import { fitting } from './ask.ts'
import { describeHeads, readEach } from './head-documents.ts'
import { HEADS_IN_PAGE } from './head-pages.ts'
import { count, kindId, stamp, version } from './shapes.ts'

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

/** The argument of `registry_heads_apart`. */
export function requestApart(kinds: readonly AskedKind[]): object[] {
  return kinds.map((one) => ({ ...one, most: HEADS_IN_PAGE }))
}

/** The question, in messages. */
export const describeKinds = (kinds: readonly AskedKind[]) => describeHeads(kinds.map(({ kind }) => kind))

/**
 * Reads what `registry_heads_apart` answered.
 * @param keep where heads are kept, and whose they are; without it, the answer has no sum
 * @throws Failure REMOTE_FAILED for an answer that does not fit
 */
export function readApart(
  { label, keep }: { label: string; keep: HeadsPlace | undefined },
  questions: readonly AskedKind[],
  data: unknown,
): HeadsApart {
  const what = describeKinds(questions)
  const answer = fitting(label, what, apartAnswer, data)
  const sums = answer.map(({ kind, count, sum }) => [kind, count, sum])
  const kinds: HeadsApart['kinds'] = answer.map(({ kind, apart, trees, heads }) => ({
    kind,
    apart: new Set(apart),
    trees: new Map(Object.entries(trees)),
    heads: heads === null ? undefined : readEach(label, what, heads),
  }))
  return { sum: keep && JSON.stringify([...keep.reader, ...sums]), kinds }
}
