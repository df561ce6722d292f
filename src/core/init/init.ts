import { chmodSync, mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Failure } from '../../contract/failure.ts'
import { asDiskFailure } from '../disk/disk-failure.ts'
import { writeAtomically } from '../disk/write-atomically.ts'
import { type Edit, type InitPart, readText } from './edit.ts'
import { editorPart } from './editor.ts'
import { gitignorePart } from './gitignore.ts'
import { type Hook, hookPart } from './hook.ts'
import { packagePart } from './package-json.ts'
import type { Place } from './place.ts'
import { workflowPart } from './workflow.ts'

/** What a project is to get besides package.json and .gitignore. */
export interface Wishes {
  hook: Hook
  editor: boolean
  workflow: boolean
}

/** What comes from the installed package. */
export interface Supplies {
  version: string
  /** Ids of the kinds whose JSON Schema it has. */
  schemas: readonly string[]
  /** The text of `examples/ci/nofx.yml`. */
  workflow: string
  /** `OWNER/nofx@v0`, the action of GitHub; undefined if the package does not say where it comes from. */
  action: string | undefined
}

/** Plans the files of a project. Writes nothing; a second plan after a write is empty. */
export function planFiles(place: Place, wishes: Wishes, supplies: Supplies): InitPart {
  const { action } = supplies
  const parts = [
    packagePart(place, supplies.version),
    gitignorePart(place),
    ...(wishes.editor ? [editorPart(place, supplies.schemas)] : []),
    hookPart(place, wishes.hook),
    ...(wishes.workflow && action ? [workflowPart(place, supplies.workflow, action)] : []),
  ]
  return { edits: parts.flatMap(({ edits }) => edits), byHand: parts.flatMap(({ byHand }) => byHand) }
}

/**
 * Writes planned files, each whole or not at all.
 * @throws Failure REFUSED for a file that has changed since it was read, DISK_FULL, INPUT_UNREADABLE
 */
export function writeFiles(root: string, edits: readonly Edit[]): void {
  for (const { path, before, after, executable } of edits) {
    const target = resolve(root, path)
    const { text, why } = readText(root, path)
    if (why !== undefined || text !== before)
      throw new Failure('REFUSED', `${path} has changed since it was read`, 'run the same command again', {
        at: path,
      })
    try {
      mkdirSync(dirname(target), { recursive: true })
      const mode = before === undefined ? undefined : statSync(target).mode
      writeAtomically(target, after, executable ? 0o777 : 0o666)
      if (mode !== undefined) chmodSync(target, mode)
    } catch (error) {
      throw asDiskFailure(error, target)
    }
  }
}
