import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isLiveState } from '../contract/fields/is-live.ts'
import type { JsonObject } from '../contract/kind.ts'
import { nameOf } from '../contract/name.ts'

/** The status of each definition of a run by `<kind>/<id>`, because a dry run writes nothing that could be read. */
export type Statuses = Map<string, unknown>

/** Whether a definition can be required: this run made it, or it is in the tree, and it is active or deprecated. */
export function isLiveIn(root: string, statuses: Statuses, kind: string, id: string): boolean {
  const name = nameOf({ kind, id })
  const status = statuses.has(name) ? statuses.get(name) : statusOnDisk(join(root, kind, id), kind)
  return status === undefined || isLiveState(status)
}

/** Whether a definition is in the tree, whatever its status. */
export function existsIn(root: string, kind: string, id: string): boolean {
  return statusOnDisk(join(root, kind, id), kind) !== null
}

/** `null` if the folder has no manifest. A manifest is named after its kind's singular. */
function statusOnDisk(dir: string, kind: string): unknown {
  const name = kind.replace(/s$/, '')
  const json = read(join(dir, `${name}.json`))
  if (json !== undefined) return parseStatus(json)
  const yaml = read(join(dir, `${name}.yaml`)) ?? read(join(dir, `${name.toUpperCase()}.md`))
  return yaml === undefined ? null : /^[ \t]*["']?(?:nofx-)?status["']?:[ \t]*["']?(\w+)/m.exec(yaml)?.[1]
}

function parseStatus(json: string): unknown {
  try {
    return (JSON.parse(json) as JsonObject | null)?.status
  } catch {
    return null
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
