import type { Finding } from '../../../contract/diagnostic.ts'
import { slugify } from '../../../contract/fields/id.ts'
import {
  foldPreset,
  hasOlderOwner,
  moveId,
  moveOwner,
  moveTo,
  noteAlias,
  noteConflict,
  type Rewrite,
} from '../../../contract/fields/older-layout.ts'
import { dropReserved } from '../../../contract/fields/reserved.ts'
import { isObject } from '../../../contract/is-object.ts'
import type { JsonObject } from '../../../contract/kind.ts'
import { usualMcp } from './mcp-forms.ts'

/**
 * Converts the older public layout of an agent to the current spelling, with a warning for each value that was moved.
 * A value without a place in the current layout stays where it was, so that the schema reports it.
 */
export function normalizeAgent(raw: JsonObject, file: string): { manifest: JsonObject; findings: Finding[] } {
  const findings: Finding[] = []
  const manifest = withUsualMcp(dropReserved(raw, file, findings), file, findings)
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

/** Converts inline MCP servers from the forms of other hosts. */
function withUsualMcp(manifest: JsonObject, file: string, findings: Finding[]): JsonObject {
  if (!isObject(manifest.mcp)) return manifest
  const usual = usualMcp(manifest.mcp, file, ['mcp'])
  findings.push(...usual.findings)
  return { ...manifest, mcp: usual.value }
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

/** Moves `manifest: { entryPrompt, model }`; other fields of it stay there and are reported. */
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

/** Moves `capabilities: [{ id?, label, description? }]` to `skills`; the two cannot be merged. */
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

/** Expands skills that are written as names alone. */
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

/** Adds what the older layout did not require: an id made from the name, and the name as description. */
function complete(skill: JsonObject, text: unknown = skill.name): JsonObject {
  const id = skill.id ?? (typeof text === 'string' ? slugify(text) : undefined)
  return {
    ...(id === undefined ? {} : { id }),
    ...skill,
    ...(skill.description === undefined && typeof skill.name === 'string' ? { description: skill.name } : {}),
  }
}

/** Converts `code-review` to "Code review"; text that is not an id is already a name. */
function skillName(text: string): string {
  if (!/^[a-z0-9]+([._-][a-z0-9]+)*$/.test(text)) return text
  const words = text.replace(/[._-]/g, ' ')
  return (words[0] as string).toUpperCase() + words.slice(1)
}
