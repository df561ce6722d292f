import type { AgentDefinition } from './manifest/schema.ts'
import { listMcpFiles } from './rules/mcp-file.ts'
import { promptPath } from './rules/prompts.ts'

/** Paths of the prompts, without repetitions. */
export function listPrompts(definition: AgentDefinition): string[] {
  return [...new Set(Object.values(definition.manifest.prompts ?? {}).map(promptPath))]
}

/**
 * Files besides prompts: those that the manifest names, and those that an already named text mentions by their path.
 */
export function listFiles(definition: AgentDefinition): string[] {
  const { mcp, evals } = definition.manifest
  // A rule of the kind reports an MCP file that the manifest does not name.
  const otherMcpFiles = listMcpFiles(definition).filter((path) => path !== mcp)
  if (typeof mcp === 'string') otherMcpFiles.push(mcp)
  if (evals !== undefined) otherMcpFiles.push(evals.suite)
  const reached = new Set([definition.manifestPath, ...listPrompts(definition), ...otherMcpFiles])
  const rest = definition.files.filter(({ path }) => !reached.has(path))
  if (rest.length === 0) return otherMcpFiles
  // A file that becomes named may mention others; iterating over a growing set visits them too.
  for (const from of reached) {
    const text = definition.texts.get(from)
    if (text === undefined) continue
    for (const { path } of rest) if (!reached.has(path) && text.includes(path)) reached.add(path)
  }
  return [...otherMcpFiles, ...rest.map(({ path }) => path).filter((path) => reached.has(path))]
}
