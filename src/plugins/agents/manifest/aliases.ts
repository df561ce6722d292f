import type { Finding } from '../../../contract/diagnostic.ts'
import { slugify } from '../../../contract/fields/id.ts'
import {
  foldPreset,
  hasOlderOwner,
  isObject,
  moveId,
  moveOwner,
  moveTo,
  noteAlias,
  noteConflict,
  type Rewrite,
} from '../../../contract/fields/older-layout.ts'
import { dropReserved } from '../../../contract/fields/reserved.ts'
import type { JsonObject } from '../../../contract/kind.ts'

/**
 * Reads the older public layout of an agent: every value finds its place in today's spelling, and each one that was
 * moved is a warning. What has no place stays where it was, for the schema to report.
 */
export function normalizeAgent(raw: JsonObject, file: string): { manifest: JsonObject; findings: Finding[] } {
  const findings: Finding[] = []
  const manifest = dropReserved(raw, file, findings)
  if (!isOlder(manifest)) return { manifest, findings }
  const rewrite: Rewrite = { manifest: { ...manifest }, file, findings }
  moveId(rewrite, 'agentId')
  moveOwner(rewrite)
  moveManifest(rewrite)
  moveCapabilities(rewrite)
  expandSkills(rewrite)
  foldPreset(rewrite)
  return { manifest: rewrite.manifest, findings }
}

function isOlder(raw: JsonObject): boolean {
  const { skills, resourceProfile } = raw
  return (
    raw.id !== undefined ||
    hasOlderOwner(raw) ||
    raw.capabilities !== undefined ||
    raw.manifest !== undefined ||
    (Array.isArray(skills) && skills.some((skill) => typeof skill === 'string')) ||
    (typeof resourceProfile === 'string' && resourceProfile !== resourceProfile.toLowerCase())
  )
}

/** `manifest: { entryPrompt, model }`: whatever else it holds stays there, and is named. */
function moveManifest(rewrite: Rewrite): void {
  const { manifest } = rewrite
  if (!isObject(manifest.manifest)) return
  const { entryPrompt, model, ...rest } = manifest.manifest
  if (entryPrompt !== undefined && (manifest.prompts === undefined || isObject(manifest.prompts))) {
    const prompts = { ...manifest.prompts }
    moveTo(rewrite, ['manifest', 'entryPrompt'], entryPrompt, prompts, ['prompts'], 'system')
    manifest.prompts = prompts
  } else if (entryPrompt !== undefined) rest.entryPrompt = entryPrompt
  if (model !== undefined)
    moveTo(
      rewrite,
      ['manifest', 'model'],
      typeof model === 'string' ? { name: model } : model,
      manifest,
      [],
      'model',
      typeof model === 'string' ? `"model": ${JSON.stringify({ name: model })}` : undefined,
    )
  if (Object.keys(rest).length > 0) manifest.manifest = rest
  else delete manifest.manifest
}

/** `capabilities: [{ id?, label, description? }]` becomes `skills`; the two cannot be merged. */
function moveCapabilities(rewrite: Rewrite): void {
  const { manifest } = rewrite
  if (!Array.isArray(manifest.capabilities)) return
  if (manifest.skills !== undefined) {
    noteConflict(rewrite, ['capabilities'], ['skills'])
    delete manifest.capabilities
    return
  }
  manifest.skills = manifest.capabilities.map((entry, index) => {
    if (!isObject(entry) || entry.label === undefined) return entry
    const { label, ...skill } = entry
    moveTo(rewrite, ['capabilities', index, 'label'], label, skill, ['skills', index], 'name')
    return complete(skill)
  })
  delete manifest.capabilities
  noteAlias(rewrite, ['capabilities'], '"skills"')
}

/** Skills written as names alone. */
function expandSkills(rewrite: Rewrite): void {
  const { manifest } = rewrite
  if (!Array.isArray(manifest.skills)) return
  manifest.skills = manifest.skills.map((skill, index) => {
    if (typeof skill !== 'string') return skill
    const full = complete({ name: skillName(skill) }, skill)
    noteAlias(rewrite, ['skills', index], JSON.stringify(full))
    return full
  })
}

/** Fills in what the older layout did not ask for: an id made from the name, and the name as description. */
function complete(skill: JsonObject, text: unknown = skill.name): JsonObject {
  const id = skill.id ?? (typeof text === 'string' ? slugify(text) : undefined)
  return {
    ...(id === undefined ? {} : { id }),
    ...skill,
    ...(skill.description === undefined && typeof skill.name === 'string' ? { description: skill.name } : {}),
  }
}

/** `code-review` reads as "Code review"; anything that is not an id is a name already. */
function skillName(text: string): string {
  if (!/^[a-z0-9]+([._-][a-z0-9]+)*$/.test(text)) return text
  const words = text.replace(/[._-]/g, ' ')
  return (words[0] as string).toUpperCase() + words.slice(1)
}
