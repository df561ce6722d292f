import * as z from 'zod'
import { pathProblem } from '../check/file-rules.ts'
import { SHA256 } from '../digest.ts'
import { ID_PATTERN } from '../id-pattern.ts'

/**
 * Shapes that the CLI and the worker use for a registry's answers. The server may be lying, so every shape here has a
 * bound.
 */

/** One line: no control characters of C0, DEL or C1, and no line separators of Unicode. */
export const LINE = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/

/** Levels of nesting in JSON whose shape a kind decides; manifests have at most 32. */
const DEPTH = 128

/** An id of a definition, by the rule for ids. */
export const definitionIdText = z.string().min(2).max(64).regex(ID_PATTERN)

/** SHA-256 in hex. */
export const digestText = z.string().regex(SHA256)

/** Whether a published definition may have this path: on every system it lies inside the definition's folder. */
export function isStorablePath(path: string): boolean {
  return pathProblem(path) === undefined
}

/** Any JSON of bounded depth, so that recursive code does not run out of stack. */
export function shallowJson() {
  return z.unknown().refine((value) => isShallow(value, DEPTH), `has more than ${DEPTH} levels`)
}

/** Whether a value has at most this many levels. */
export function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (levels === 0) return false
  for (const inner of Object.values(value)) if (!isShallow(inner, levels - 1)) return false
  return true
}

/** Describes, on one short line, where and why an answer has the wrong shape. It never quotes the answer. */
export function misfit(error: z.ZodError): string {
  const [issue] = error.issues
  const path = (issue?.path ?? []).map((part) => String(part).slice(0, 40)).join('.')
  const why = (issue?.message ?? 'it does not fit').slice(0, 200)
  return `${path === '' ? 'the answer' : `"${path.slice(0, 200)}"`} does not fit (${why})`
}
