import { type Finding, findingMaker, type Pointer } from '../diagnostic.ts'
import type { JsonObject } from '../kind.ts'
import { FIELD_RULES } from './rules.ts'
import { dotted } from './shown.ts'

const makeFinding = findingMaker(FIELD_RULES)

/** A manifest on its way to today's spelling. `manifest` is a copy that may be changed. */
export interface Rewrite {
  manifest: JsonObject
  file: string
  findings: Finding[]
}

/** Notes that a value was read in its older form. */
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

/** Notes that the older and the present form disagree; the present one is kept. */
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
 * Moves `value`, read at `old`, to `target[field]`. What is there already must be the same.
 * @param path where `target` is in the manifest
 * @param written what to write, where the value has another form now
 */
export function moveTo(
  rewrite: Rewrite,
  old: Pointer,
  value: unknown,
  target: JsonObject,
  path: Pointer,
  field: string,
  written?: string,
): void {
  const now = [...path, field]
  if (!Object.hasOwn(target, field)) target[field] = value
  else if (JSON.stringify(target[field]) !== JSON.stringify(value)) {
    noteConflict(rewrite, old, now)
    return
  }
  noteAlias(rewrite, old, written ?? `"${dotted(now)}"`)
}

/** `id` was the name of every kind's id. */
export function moveId(rewrite: Rewrite, idField: string): void {
  const { manifest } = rewrite
  if (manifest.id === undefined) return
  moveTo(rewrite, ['id'], manifest.id, manifest, [], idField)
  delete manifest.id
}

/** `metadata.owner` is free room again as soon as `owner` is there. */
export function hasOlderOwner({ owner, metadata }: JsonObject): boolean {
  return owner === undefined && isObject(metadata) && typeof metadata.owner === 'string'
}

/** `metadata.owner` was the owner of every kind. */
export function moveOwner(rewrite: Rewrite): void {
  const { manifest } = rewrite
  if (!hasOlderOwner(manifest) || !isObject(manifest.metadata)) return
  const { owner, ...rest } = manifest.metadata
  moveTo(rewrite, ['metadata', 'owner'], owner, manifest, [], 'owner')
  if (Object.keys(rest).length > 0) manifest.metadata = rest
  else delete manifest.metadata
}

/** Presets were written in any case: `Standard`. */
export function foldPreset(rewrite: Rewrite): void {
  const { manifest } = rewrite
  const { resourceProfile } = manifest
  if (typeof resourceProfile !== 'string') return
  const preset = resourceProfile.toLowerCase()
  if (preset === resourceProfile || !['small', 'standard', 'large'].includes(preset)) return
  manifest.resourceProfile = preset
  noteAlias(rewrite, ['resourceProfile'], `"${preset}"`)
}

/** A plain object, not an array and not null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
