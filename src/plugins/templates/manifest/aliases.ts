import type { Finding } from '../../../contract/diagnostic.ts'
import {
  foldPreset,
  hasOlderOwner,
  isObject,
  moveId,
  moveOwner,
  moveTo,
  type Rewrite,
} from '../../../contract/fields/older-layout.ts'
import { dropReserved } from '../../../contract/fields/reserved.ts'
import type { JsonObject } from '../../../contract/kind.ts'

/**
 * Reads the older public layout of a template: every value finds its place in today's spelling, and each one that was
 * moved is a warning. What has no place stays where it was, for the schema to report.
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

/** `content: { versionFile }`, a path or the plan itself: whatever else it holds stays there. */
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

/** `metadata.agents` is free room again as soon as `supportedAgents` is there. */
function moveAgents(rewrite: Rewrite): void {
  const { manifest } = rewrite
  if (!isObject(manifest.metadata) || manifest.supportedAgents !== undefined) return
  const { agents, ...rest } = manifest.metadata
  if (agents === undefined) return
  moveTo(rewrite, ['metadata', 'agents'], agents, manifest, [], 'supportedAgents')
  if (Object.keys(rest).length > 0) manifest.metadata = rest
  else delete manifest.metadata
}
