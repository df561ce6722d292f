import type { PromptSource } from './plan-schema.ts'
import type { TemplateDefinition } from './schema.ts'

/** The text of a prompt, from its file or inline. Undefined if the file is missing, which the core reports. */
export function promptText(prompt: PromptSource, definition: TemplateDefinition): string | undefined {
  return typeof prompt === 'string' ? definition.texts.get(prompt) : prompt.text
}
