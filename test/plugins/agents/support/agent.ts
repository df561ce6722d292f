import { checkDefinition } from '../../../../src/contract/check/check.ts'
import type { Finding } from '../../../../src/contract/diagnostic.ts'
import { ALONE, type Definition, type JsonObject } from '../../../../src/contract/kind.ts'
import type { Source } from '../../../../src/contract/source.ts'
import { agents } from '../../../../src/plugins/agents/kind.ts'
import type { AgentDefinition } from '../../../../src/plugins/agents/manifest/schema.ts'

/** A manifest without findings. */
export const GOOD: JsonObject = {
  agentId: 'reviewer',
  name: 'Reviewer',
  description: 'Reviews changes.',
  owner: '@platform',
  skills: [{ id: 'code-review', name: 'Review', description: 'Reviews a change.' }],
}

/** The good manifest with other fields; `undefined` removes a field. */
export function manifest(changes: JsonObject = {}): JsonObject {
  const merged: JsonObject = { ...GOOD, ...changes }
  for (const field in merged) if (merged[field] === undefined) delete merged[field]
  return merged
}

/** The source of an agent's folder: its manifest, and other texts by path. */
export function sourceOf(raw: JsonObject | string, texts: Record<string, string> = {}): Source {
  const text = typeof raw === 'string' ? raw : JSON.stringify(raw, null, 2)
  const files = Object.entries({ 'agent.json': text, ...texts }).map(([path, content]) => ({
    path,
    size: Buffer.byteLength(content),
    ...(path.startsWith('assets/') ? {} : { text: content }),
  }))
  return {
    kind: 'agents',
    id: 'reviewer',
    files: files.sort((a, b) => (a.path < b.path ? -1 : 1)),
    findings: [],
  }
}

/** All findings on an agent's folder, by the rules of the core and of the kind. */
export function findingsOn(raw: JsonObject | string, texts: Record<string, string> = {}): Finding[] {
  return checkDefinition(sourceOf(raw, texts), agents, ALONE).findings
}

/** Findings as `rule pointer` lines: `NOFX_TAG_DUPLICATE agent.json:tags.1`. */
export function lines(findings: readonly Finding[]): string[] {
  return findings.map(({ rule, file, pointer, offset }) => {
    const place = pointer ? pointer.join('.') : offset === undefined ? '' : `@${offset}`
    return `${rule} ${file}${place === '' ? '' : ':'}${place}`
  })
}

/** The findings on a folder, as lines. */
export function check(raw: JsonObject, texts: Record<string, string> = {}): string[] {
  return lines(findingsOn(raw, texts))
}

/** The definition that the kind's own functions get. */
export function definitionOf(raw: JsonObject, texts: Record<string, string> = {}): AgentDefinition {
  const checked = checkDefinition(sourceOf(raw, texts), agents, ALONE)
  if (!checked.definition) throw new Error(lines(checked.findings).join('\n'))
  return checked.definition as Definition as AgentDefinition
}
