import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { type InitPart, NOTHING, propose, readText } from './edit.ts'
import { atTop, type Place } from './place.ts'

/** A use of the action in a workflow. */
const ACTION = /^\s*-?\s*uses:\s*\S+\/nofx@/m
const FOLDER = '.github/workflows'

/**
 * The workflow of GitHub Actions, made from the one in `examples/ci/nofx.yml`.
 * @param example its text
 * @param action `OWNER/nofx@v0`, the action to use
 */
export function workflowPart(place: Place, example: string, action: string): InitPart {
  const folder = atTop(place, FOLDER)
  if (workflowsIn(place.root, folder).some((path) => ACTION.test(readText(place.root, path).text ?? '')))
    return NOTHING
  return propose(place.root, {
    path: `${folder}/nofx.yml`,
    fresh: writeWorkflow(place, example, action),
    add: () => undefined,
    adds: () => [`validate, preview and publish with ${action}`],
    lines: [`- uses: ${action}`, '  with: { command: validate }'],
  })
}

function workflowsIn(root: string, folder: string): string[] {
  try {
    const names = readdirSync(resolve(root, folder)).filter((name) => /\.ya?ml$/.test(name))
    return names.map((name) => `${folder}/${name}`)
  } catch {
    return []
  }
}

function writeWorkflow({ repository }: Place, example: string, action: string): string {
  const { prefix = '', branch = 'main' } = repository ?? {}
  const [, ...lines] = example.split('\n')
  const text = lines
    .join('\n')
    .replaceAll('OWNER/nofx@v0', action)
    .replaceAll(
      'branches: [main]',
      `branches: [${JSON.stringify(branch).replaceAll(/^"([\w./-]+)"$/g, '$1')}]`,
    )
    .replaceAll('ref: main', `ref: ${JSON.stringify(branch).replaceAll(/^"([\w./-]+)"$/g, '$1')}`)
  if (!prefix) return text
  const folder = `working-directory: ${JSON.stringify(prefix.replace(/\/$/, ''))}`
  return text.replaceAll(/^( +)command: .*$/gm, `$&\n$1${folder}`)
}
