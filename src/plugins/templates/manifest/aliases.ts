import type { Finding } from '../../../contract/diagnostic.ts'
import {
  foldPreset,
  hasOlderOwner,
  moveId,
  moveOwner,
  moveTo,
  type Rewrite,
} from '../../../contract/fields/older-layout.ts'
import { dropReserved } from '../../../contract/fields/reserved.ts'
import { isObject } from '../../../contract/is-object.ts'
import type { JsonObject } from '../../../contract/kind.ts'

/**
 * Converts the older public layout of a template to the current spelling, with a warning for each value that was
 * moved. A value without a place in the current layout stays where it was, so that the schema reports it.
 */
export function normalizeTemplate(
  raw: JsonObject,
  file: string,
): { manifest: JsonObject; findings: Finding[] } {
  const findings: Finding[] = []
  const manifest = dropReserved(raw, file, findings)
  if (!isOlder(manifest)) return { manifest, findings }
  const rewrite: Rewrite = { manifest: { ...manifest }, file, findings }
  moveId(rewrite, 'templateId')
  moveOwner(rewrite)
  moveVersionFile(rewrite)
  moveAgents(rewrite)
  foldPreset(rewrite)
  return { manifest: rewrite.manifest, findings }
}

function isOlder(raw: JsonObject): boolean {
  const { id, content, metadata, supportedAgents, resourceProfile } = raw
  return (
    hasOlderOwner(raw) ||
    id !== undefined ||
    isObject(content) ||
    (supportedAgents === undefined && isObject(metadata) && metadata.agents !== undefined) ||
    (typeof resourceProfile === 'string' && resourceProfile !== resourceProfile.toLowerCase())
  )
}

/** Moves `content: { versionFile }`, a path or the plan itself; other fields of it stay there. */
function moveVersionFile(rewrite: Rewrite): void {
  const { manifest } = rewrite
  if (!isObject(manifest.content)) return
  const { versionFile, ...rest } = manifest.content
  if (versionFile === undefined) return
  const plan = Array.isArray(versionFile) ? { steps: versionFile } : versionFile
  moveTo(rewrite, ['content', 'versionFile'], plan, manifest, [], 'defaultPlan')
  if (Object.keys(rest).length > 0) manifest.content = rest
  else delete manifest.content
}

/** Moves `metadata.agents`, which is ordinary metadata if `supportedAgents` is present. */
function moveAgents(rewrite: Rewrite): void {
  const { manifest } = rewrite
  if (!isObject(manifest.metadata) || manifest.supportedAgents !== undefined) return
  const { agents, ...rest } = manifest.metadata
  if (agents === undefined) return
  moveTo(rewrite, ['metadata', 'agents'], agents, manifest, [], 'supportedAgents')
  if (Object.keys(rest).length > 0) manifest.metadata = rest
  else delete manifest.metadata
}
