import type { Finding, Pointer } from '../../../contract/diagnostic.ts'
import { duplicates } from '../../../contract/fields/duplicates.ts'
import { quoted } from '../../../contract/fields/shown.ts'
import { hyphenatedIn, variablesIn } from '../manifest/prompt-variables.ts'
import type { AgentDefinition, Prompt } from '../manifest/schema.ts'
import { makeFinding } from './catalogue.ts'

/** Checks the prompts and the variables in their files. */
export function checkPrompts(definition: AgentDefinition, findings: Finding[]): void {
  const { prompts } = definition.manifest
  if (prompts === undefined) return
  const file = definition.manifestPath
  if (prompts.system === undefined)
    findings.push(
      makeFinding(
        'NOFX_PROMPT_SYSTEM_MISSING',
        { file, pointer: ['prompts'] },
        'prompts has no "system"',
        'add "system"',
      ),
    )
  for (const id in prompts) checkPrompt(definition, id, prompts[id] as Prompt, findings)
}

function checkPrompt(definition: AgentDefinition, id: string, prompt: Prompt, findings: Finding[]): void {
  const file = definition.manifestPath
  const path = promptPath(prompt)
  const pointer = typeof prompt === 'string' ? ['prompts', id] : ['prompts', id, 'path']
  if (path.startsWith('assets/'))
    findings.push(
      makeFinding(
        'NOFX_PROMPT_ASSET',
        { file, pointer },
        `prompts.${id} ${quoted(path)} is an asset, not a text`,
        `move it to prompts/${id}.md`,
      ),
    )
  if (id === 'system' && typeof prompt !== 'string' && prompt.role !== undefined && prompt.role !== 'system')
    findings.push(
      makeFinding(
        'NOFX_PROMPT_ROLE',
        { file, pointer: ['prompts', id, 'role'] },
        `prompts.system.role is "${prompt.role}"`,
        'write "system", or leave the role out',
      ),
    )
  checkVariables(definition, id, prompt, findings)
}

function checkVariables(definition: AgentDefinition, id: string, prompt: Prompt, findings: Finding[]): void {
  const path = promptPath(prompt)
  const declared = declaredVariables(prompt)
  const text = definition.texts.get(path)
  const used = text === undefined ? NONE : variablesIn(text)
  for (const [name, offset] of used)
    if (!declared.includes(name))
      findings.push(
        makeFinding(
          'NOFX_PROMPT_VARIABLE_UNDECLARED',
          { file: path, offset },
          `{{${name}}} is not declared for the prompt "${id}"`,
          declare(id, prompt, name),
        ),
      )
  if (text !== undefined) checkHyphens(id, prompt, text, findings)
  if (declared.length === 0) return
  const at: Pointer = ['prompts', id, 'variables']
  for (const { index } of duplicates(declared))
    findings.push(
      makeFinding(
        'NOFX_PROMPT_VARIABLE_DUPLICATE',
        { file: definition.manifestPath, pointer: [...at, index] },
        `prompts.${id}.variables declares "${declared[index]}" twice`,
        'remove one of them',
      ),
    )
  declared.forEach((name, index) => {
    if (text === undefined || used.has(name) || declared.indexOf(name) < index) return
    findings.push(
      makeFinding(
        'NOFX_PROMPT_VARIABLE_UNUSED',
        { file: definition.manifestPath, pointer: [...at, index] },
        `prompts.${id}.variables declares "${name}", which ${path} does not use`,
        `remove it, or use {{${name}}}`,
      ),
    )
  })
}

/** Reports `{{user-name}}`, which other tools fill in and which reaches the model as it is written. */
function checkHyphens(id: string, prompt: Prompt, text: string, findings: Finding[]): void {
  const file = promptPath(prompt)
  for (const [name, offset] of hyphenatedIn(text)) {
    const right = name.replaceAll('-', '_')
    const isDeclared = declaredVariables(prompt).includes(right)
    const declaring = isDeclared ? 'or write \\{{ for plain braces' : declare(id, prompt, right)
    findings.push(
      makeFinding(
        'NOFX_PROMPT_VARIABLE_NAME',
        { file, offset },
        `{{${name}}} is not a variable, because its name has a hyphen: a model gets it as it is`,
        `write {{${right}}}, and ${declaring}`.replace(', and or', ', or'),
      ),
    )
  }
}

const NONE: ReadonlyMap<string, number> = new Map()

function declare(id: string, prompt: Prompt, name: string): string {
  return typeof prompt === 'string'
    ? `write prompts.${id} as { "path": ${quoted(prompt)}, "variables": ["${name}"] }, or \\{{ for plain braces`
    : `add "${name}" to prompts.${id}.variables, or write \\{{ for plain braces`
}

/** The file of a prompt, in either form. */
export function promptPath(prompt: Prompt): string {
  return typeof prompt === 'string' ? prompt : prompt.path
}

/** Names of the variables that a prompt declares, in either form, in order. */
export function declaredVariables(prompt: Prompt): string[] {
  if (typeof prompt === 'string' || prompt.variables === undefined) return []
  return prompt.variables.map((variable) => (typeof variable === 'string' ? variable : variable.name))
}
