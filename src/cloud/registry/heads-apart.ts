import * as z from 'zod'
import type { HeadsPlace } from '../../core/registry/kept-heads.ts'
import { addUp } from '../../core/registry/merge-answer.ts'
import type { AskedKind, HeadsApart } from '../../core/registry/registry.ts'
import { fitting } from './ask.ts'
import { describeHeads, readEach } from './head-documents.ts'
import { HEADS_IN_PAGE } from './head-pages.ts'
import { count, gitTree, kindId, stamp, version } from './shapes.ts'

const apartAnswer = z
  .array(
    z.object({
      kind: kindId,
      count,
      sum: stamp,
      apart: z.array(z.string().max(3)).max(4_096),
      trees: z.record(z.string().max(200), z.tuple([version, gitTree])),
      // read one by one, by readEach
      heads: z.array(z.unknown()).nullable(),
    }),
  )
  .max(1_000)

type ApartAnswer = z.output<typeof apartAnswer>

/** The argument of `registry_heads_apart`. */
export function requestApart(kinds: readonly AskedKind[]): object[] {
  return kinds.map((one) => ({ ...one, most: HEADS_IN_PAGE }))
}

/** The question, in messages. */
export const describeKinds = (kinds: readonly AskedKind[]) => describeHeads(kinds.map(({ kind }) => kind))

/**
 * Checks what `registry_heads_apart` answered.
 * @throws Failure REMOTE_FAILED for an answer that does not fit
 */
export function checkApart(label: string, kinds: readonly AskedKind[], data: unknown): ApartAnswer {
  return fitting(label, describeKinds(kinds), apartAnswer, data)
}

/**
 * Reads the heads of an answer.
 * @param keep where heads are kept, and whose they are; without it, there is no sum
 * @throws Failure REMOTE_FAILED for a head that does not fit
 */
export function readApart(
  { label, keep }: { label: string; keep: HeadsPlace | undefined },
  questions: readonly AskedKind[],
  answer: ApartAnswer,
): HeadsApart {
  const what = describeKinds(questions)
  const kinds: HeadsApart['kinds'] = answer.map(({ kind, apart, trees, heads }) => ({
    kind,
    apart: new Set(apart),
    trees: new Map(Object.entries(trees)),
    heads: heads === null ? undefined : readEach(label, what, heads),
  }))
  return { sum: keep && addUp(keep, answer), kinds }
}
