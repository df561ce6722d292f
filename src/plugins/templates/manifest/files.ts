import { RELATIVE_PATH } from '../../../contract/fields/relative-path.ts'
import type { PromptSource } from './plan-schema.ts'
import { readPlan } from './read-plan.ts'
import type { TemplateDefinition } from './schema.ts'

const DOCS = 'docs.md'

/** Paths of the prompts of steps and their rollbacks, without repetitions. */
export function listPrompts(item: TemplateDefinition): string[] {
  const paths = new Set<string>()
  for (const { prompt, rollback } of readPlan(item).steps)
    for (const one of [prompt, rollback?.prompt])
      if (typeof one === 'string' && !isText(one, item)) paths.add(one)
  return [...paths]
}

/**
 * Files besides prompts: those that the manifest names, and those that an already named text mentions by their path.
 */
export function listFiles(item: TemplateDefinition): string[] {
  const { defaultPlan, docs = DOCS } = item.manifest
  const prompts = listPrompts(item)
  const paths = new Set<string>()
  if (typeof defaultPlan === 'string') paths.add(defaultPlan)
  if (item.manifest.docs !== undefined || item.texts.has(docs)) paths.add(docs)
  for (const path of prompts) paths.delete(path)
  const reached = new Set([item.manifestPath, ...prompts, ...paths])
  const rest = item.files.filter(({ path }) => !reached.has(path))
  if (rest.length === 0) return [...paths]
  // A file that becomes named may mention others; iterating over a growing set visits them too.
  for (const from of reached) {
    const text = item.texts.get(from)
    if (text === undefined) continue
    for (const { path } of rest) if (!reached.has(path) && text.includes(path)) reached.add(path)
  }
  return [...paths, ...rest.map(({ path }) => path).filter((path) => reached.has(path))]
}

/** True for a prompt that is text and not a file's path: a sentence, or text with placeholders. */
export function isText(prompt: PromptSource, item: TemplateDefinition): boolean {
  if (typeof prompt !== 'string' || item.texts.has(prompt)) return false
  if (prompt.includes('{{') || !RELATIVE_PATH.test(prompt)) return true
  return /\s/.test(prompt) && !/\.[A-Za-z0-9]{1,8}$/.test(prompt)
}
