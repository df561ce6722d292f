import { stem } from '../title.ts'
import type { Draft } from './draft.ts'
import type { ArgumentFilling, OutputReference } from './fill.ts'
import { nameFrom, unused } from './names.ts'

/** Outputs that a template may have. */
export const MAX_OUTPUTS = 100

/** What placeholders call the answer of a step. */
export const ANSWER = 'result'

/** A file that a step leaves behind. */
export interface FileOutput {
  id: string
  step: string
  path: string
}

/** Gives every written file a unique id: `02-architecture.md` becomes `architecture`. */
export function fileOutputs(drafts: readonly Draft[]): FileOutput[] {
  const ids = new Set<string>([ANSWER])
  const outputs = drafts.flatMap(({ id: step, files }) =>
    files.map((path) => {
      const id = unused(ids, nameFrom(stem(path).replace(/^\d+[a-z]?[-_.]/, '')) ?? 'file')
      return { id, step, path }
    }),
  )
  return outputs.slice(0, MAX_OUTPUTS)
}

/** What the text of one step can read: outputs of steps that come before it. */
export function lookups(
  drafts: readonly Draft[],
  outputs: readonly FileOutput[],
  at: number,
): Pick<ArgumentFilling, 'file' | 'files' | 'answer'> {
  const before = drafts.slice(0, at)
  const ids = new Set(before.map(({ id }) => id))
  const visibleOutputs = outputs.filter(({ step }) => ids.has(step))
  return {
    file: (filePath) => {
      const path = filePath.replace(/^\.\//, '')
      const output = visibleOutputs.findLast((one) => one.path === path)
      return output && { step: output.step, output: output.id }
    },
    files: (pattern) => {
      const matches = glob(pattern.replace(/^\.\//, ''))
      return visibleOutputs
        .filter(({ path }) => matches(path))
        .map(({ path, step, id }) => ({ path, reference: { step, output: id } }))
    },
    answer: (phase, agent) => findAnswer(before, phase, agent),
  }
}

function findAnswer(
  before: readonly Draft[],
  phase: string,
  agent: string | undefined,
): OutputReference | undefined {
  const drafts = before.filter(
    (draft) => findPhase(draft) === phase && (agent === undefined || draft.agent === agent),
  )
  return drafts.length === 1 && drafts[0] ? { step: drafts[0].id, output: ANSWER } : undefined
}

/** The number of the phase that a step stands in. */
export function findPhase({ place }: Draft): string | undefined {
  return [...place.parents, place].find(({ numbering }) => numbering?.word === 'phase')?.numbering?.number
}

/** Patterns with more stars could take long to match, and do not occur. */
const MAX_STARS = 3

function glob(pattern: string): (path: string) => boolean {
  const parts = pattern.split('*')
  if (parts.length > MAX_STARS + 1) return () => false
  const source = parts.map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&')).join('[^/]*')
  const matcher = new RegExp(`^${source}$`)
  return (path) => matcher.test(path)
}
