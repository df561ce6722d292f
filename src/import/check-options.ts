import { Failure } from '../contract/failure.ts'
import { definitionId } from '../contract/fields/id.ts'
import { requireOwner } from '../core/owner.ts'
import type { ImportOptions } from './run.ts'

type GivenOptions = Pick<ImportOptions, 'owner' | 'prefix' | 'namespace' | 'ids'>

/** A namespace in reverse DNS. */
const NAMESPACE = /^[a-zA-Z0-9][a-zA-Z0-9.-]{0,98}$/

/**
 * Refuses options that validating the imported definitions would refuse.
 * @throws Failure USAGE
 */
export function checkOptions({ owner, prefix, namespace, ids }: GivenOptions): void {
  if (owner !== undefined) requireOwner(owner)
  if (prefix !== undefined && !definitionId.safeParse(prefix).success)
    throw new Failure(
      'USAGE',
      `--prefix ${renderText(prefix)} is not a valid id`,
      'write lower-case words like --prefix acme',
    )
  if (namespace !== undefined && !NAMESPACE.test(namespace))
    throw new Failure(
      'USAGE',
      `--namespace ${renderText(namespace)} is not a namespace`,
      'write a domain in reverse like --namespace com.example',
    )
  for (const [file, id] of ids ?? [])
    if (!definitionId.safeParse(id).success)
      throw new Failure(
        'USAGE',
        `--id ${renderText(`${file}=${id}`)} has no valid id`,
        'write lower-case words like --id agents/a.md=reviewer',
      )
}

/** Refuses an id for a file that is not there: it would be ignored. */
export function checkIds(ids: ImportOptions['ids'], paths: readonly string[]): void {
  for (const file of ids?.keys() ?? [])
    if (!paths.includes(file))
      throw new Failure(
        'USAGE',
        `--id names ${renderText(file)}, which is not one of the files to import`,
        'write the file as the report names it',
      )
}

function renderText(text: string): string {
  return JSON.stringify(text.slice(0, 80))
}
