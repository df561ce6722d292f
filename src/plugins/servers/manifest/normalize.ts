import { type Finding, findingMaker } from '../../../contract/diagnostic.ts'
import { FIELD_RULES } from '../../../contract/fields/rules.ts'
import { dotted } from '../../../contract/fields/shown.ts'
import type { JsonObject } from '../../../contract/kind.ts'
import { liftServer } from './lift.ts'

const makeFinding = findingMaker(FIELD_RULES)

/** Reads a server.json of an older date as one of today's, with a warning for each part that is written differently. */
export function normalizeServer(
  raw: JsonObject,
  file: string,
): { manifest: JsonObject; findings: Finding[] } {
  const { server, lifts } = liftServer(raw)
  const findings = lifts.map(({ at, outcome, now }) =>
    makeFinding(
      'NOFX_ALIAS',
      { file, pointer: at, key: typeof at.at(-1) === 'string' },
      `${dotted(at)} is written as in an older form of server.json`,
      outcome === 'dropped' ? `remove it: ${now}` : `write ${now}`,
    ),
  )
  return { manifest: server, findings }
}
