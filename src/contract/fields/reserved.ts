import { type Finding, findingMaker } from '../diagnostic.ts'
import type { JsonObject } from '../kind.ts'
import { FIELD_RULES } from './rules.ts'

const makeFinding = findingMaker(FIELD_RULES)

/** Fields that the registry sets. An author's value would be an unchecked claim. */
export const RESERVED_FIELDS = ['digest', 'promptHash', 'sourceCommit', 'publishedAt', 'publishedBy'] as const

/**
 * Reports fields that only the registry sets, and returns the manifest without them, so that the schema does not
 * report them again.
 */
export function dropReserved(raw: JsonObject, file: string, findings: Finding[]): JsonObject {
  let manifest = raw
  for (const field of RESERVED_FIELDS) {
    if (!Object.hasOwn(raw, field)) continue
    if (manifest === raw) manifest = { ...raw }
    delete manifest[field]
    findings.push(
      makeFinding(
        'NOFX_RESERVED_FIELD',
        { file, pointer: [field], key: true },
        `${field} is set by the registry alone`,
        `remove "${field}"`,
      ),
    )
  }
  return manifest
}
