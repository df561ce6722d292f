import semver from 'semver'
import type { Row } from '../../harness/database.ts'
import { requires } from './registry-under-test.ts'

/** A range as the edge handler sends it: the comparator sets of node-semver, "any version" being an empty set. */
export function allowedBy(range: string): { op: string; version: string }[][] {
  return new semver.Range(range).set.map((comparators) =>
    comparators
      .filter((comparator) => comparator.value !== '')
      .map(({ operator, semver: { version } }) => ({ op: operator || '=', version })),
  )
}

/** A reference that wants a version of its target. */
export const requiresRange = (id: string, kind: string, range: string): Row => ({
  ...requires(id, kind),
  range,
  allowed: allowedBy(range),
})

/** What a step that names a skill refers to: each of `oneOf`, and somebody among them who offers it. */
export const demands = (provides: string, oneOf: string[], kind: string): Row[] => [
  ...oneOf.map((id) => requires(id, kind)),
  { relation: 'demands', kind, oneOf, provides, file: 'template.json', pointer: ['steps', 0, 'skill'] },
]
