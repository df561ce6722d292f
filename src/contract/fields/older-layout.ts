import { type Finding, findingMaker, type Pointer } from '../diagnostic.ts'
import { isObject } from '../is-object.ts'
import type { JsonObject } from '../kind.ts'
import { FIELD_RULES } from './rules.ts'
import { dotted } from './shown.ts'

const makeFinding = findingMaker(FIELD_RULES)

/** The state of converting a manifest to the current spelling. `manifest` is a copy that may be changed. */
export interface Rewrite {
  manifest: JsonObject
  file: string
  findings: Finding[]
}

/** Adds a finding: a value was read in its older form. */
export function noteAlias(rewrite: Rewrite, old: Pointer, now: string): void {
  rewrite.findings.push(
    makeFinding(
      'NOFX_ALIAS',
      { file: rewrite.file, pointer: old, key: typeof old.at(-1) === 'string' },
      `${dotted(old)} is an older spelling`,
      `write ${now}`,
    ),
  )
}

/** Adds a finding: the older and the current form disagree, and the current form is used. */
export function noteConflict(rewrite: Rewrite, old: Pointer, now: Pointer): void {
  rewrite.findings.push(
    makeFinding(
      'NOFX_ALIAS_CONFLICT',
      { file: rewrite.file, pointer: old, key: typeof old.at(-1) === 'string' },
      `${dotted(old)} and ${dotted(now)} say different things`,
      `keep ${dotted(now)} and remove ${dotted(old)}`,
    ),
  )
}

/**
 * Moves `value`, read at `old`, to `target[field]`. A value that is already there must be equal.
 * @param path where `target` is in the manifest
 * @param spelling what the author should write, if the current form of the value differs
 */
export function moveTo(
  rewrite: Rewrite,
  old: Pointer,
  value: unknown,
  target: JsonObject,
  path: Pointer,
  field: string,
  spelling?: string,
): void {
  const now = [...path, field]
  if (!Object.hasOwn(target, field)) target[field] = value
  else if (JSON.stringify(target[field]) !== JSON.stringify(value)) {
    noteConflict(rewrite, old, now)
    return
  }
  noteAlias(rewrite, old, spelling ?? `"${dotted(now)}"`)
}

/** Moves `id`, the older name of every kind's id field. */
export function moveId(rewrite: Rewrite, idField: string): void {
  const { manifest } = rewrite
  if (manifest.id === undefined) return
  moveTo(rewrite, ['id'], manifest.id, manifest, [], idField)
  delete manifest.id
}

/** True if `metadata.owner` is the older owner field. It is ordinary metadata if `owner` is set. */
export function hasOlderOwner({ owner, metadata }: JsonObject): boolean {
  return owner === undefined && isObject(metadata) && typeof metadata.owner === 'string'
}

/** Moves `metadata.owner`, the older owner field of every kind. */
export function moveOwner(rewrite: Rewrite): void {
  const { manifest } = rewrite
  if (!hasOlderOwner(manifest) || !isObject(manifest.metadata)) return
  const { owner, ...rest } = manifest.metadata
  moveTo(rewrite, ['metadata', 'owner'], owner, manifest, [], 'owner')
  if (Object.keys(rest).length > 0) manifest.metadata = rest
  else delete manifest.metadata
}

/** Lowers the case of a preset such as `Standard`; the older layout allowed any case. */
export function foldPreset(rewrite: Rewrite): void {
  const { manifest } = rewrite
  const { resourceProfile } = manifest
  if (typeof resourceProfile !== 'string') return
  const preset = resourceProfile.toLowerCase()
  if (preset === resourceProfile || !['small', 'standard', 'large'].includes(preset)) return
  manifest.resourceProfile = preset
  noteAlias(rewrite, ['resourceProfile'], `"${preset}"`)
}
