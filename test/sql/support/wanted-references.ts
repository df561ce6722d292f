import semver from 'semver'
import type { Row } from '../../harness/database.ts'
import { requires } from './registry-under-test.ts'

/**
 * A range in the form that the edge handler sends: the comparator sets of node-semver, with an empty set for "any
 * version".
 */
export function allowedBy(range: string): { op: string; version: string }[][] {
  return new semver.Range(range).set.map((comparators) =>
    comparators
      .filter((comparator) => comparator.value !== '')
      .map(({ operator, semver: { version } }) => ({ op: operator || '=', version })),
  )
}

/** A reference that requires a version of its target. */
export const requiresRange = (id: string, kind: string, range: string): Row => ({
  ...requires(id, kind),
  range,
  allowed: allowedBy(range),
})

/** The references of a step that names a skill: each id in `oneOf`, and the demand that one of them provides it. */
export const demands = (provides: string, oneOf: string[], kind: string): Row[] => [
  ...oneOf.map((id) => requires(id, kind)),
  { relation: 'demands', kind, oneOf, provides, file: 'template.json', pointer: ['steps', 0, 'skill'] },
]
