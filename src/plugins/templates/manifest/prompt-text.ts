import type { PromptSource } from './plan-schema.ts'
import type { TemplateDefinition } from './schema.ts'

/** The text of a prompt, from its file or inline. Undefined where the file is missing, which is core's finding. */
export function promptText(prompt: PromptSource, item: TemplateDefinition): string | undefined {
  return typeof prompt === 'string' ? item.texts.get(prompt) : prompt.text
}
