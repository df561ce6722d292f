import { RELATIVE_PATH } from '../../../contract/fields/relative-path.ts'
import type { PromptSource } from './plan-schema.ts'
import { readPlan } from './read-plan.ts'
import type { TemplateDefinition } from './schema.ts'

const DOCS = 'docs.md'

/** Paths of the prompts of steps and their rollbacks, without repetitions. */
export function listPrompts(definition: TemplateDefinition): string[] {
  const paths = new Set<string>()
  for (const { prompt, rollback } of readPlan(definition).steps)
    for (const one of [prompt, rollback?.prompt])
      if (typeof one === 'string' && !isText(one, definition)) paths.add(one)
  return [...paths]
}

/**
 * Files besides prompts: those that the manifest names, and those that an already named text mentions by their path.
 */
export function listFiles(definition: TemplateDefinition): string[] {
  const { defaultPlan, docs = DOCS } = definition.manifest
  const prompts = listPrompts(definition)
  const paths = new Set<string>()
  if (typeof defaultPlan === 'string') paths.add(defaultPlan)
  if (definition.manifest.docs !== undefined || definition.texts.has(docs)) paths.add(docs)
  for (const path of prompts) paths.delete(path)
  const reached = new Set([definition.manifestPath, ...prompts, ...paths])
  const rest = definition.files.filter(({ path }) => !reached.has(path))
  if (rest.length === 0) return [...paths]
  // A file that becomes named may mention others; iterating over a growing set visits them too.
  for (const from of reached) {
    const text = definition.texts.get(from)
    if (text === undefined) continue
    for (const { path } of rest) if (!reached.has(path) && text.includes(path)) reached.add(path)
  }
  return [...paths, ...rest.map(({ path }) => path).filter((path) => reached.has(path))]
}

/** True for a prompt that is text and not a file's path: a sentence, or text with placeholders. */
export function isText(prompt: PromptSource, definition: TemplateDefinition): boolean {
  if (typeof prompt !== 'string' || definition.texts.has(prompt)) return false
  if (prompt.includes('{{') || !RELATIVE_PATH.test(prompt)) return true
  return /\s/.test(prompt) && !/\.[A-Za-z0-9]{1,8}$/.test(prompt)
}
