import { Failure } from '../contract/failure.ts'
import { definitionId } from '../contract/fields/id.ts'
import { requireOwner } from '../core/owner.ts'
import type { ImportOptions } from './run.ts'

/**
 * Refuses options that validating the imported definitions would refuse.
 * @throws Failure USAGE
 */
export function checkOptions({ owner, prefix, ids }: Pick<ImportOptions, 'owner' | 'prefix' | 'ids'>): void {
  if (owner !== undefined) requireOwner(owner)
  if (prefix !== undefined && !definitionId.safeParse(prefix).success)
    throw new Failure(
      'USAGE',
      `--prefix ${renderText(prefix)} is not a valid id`,
      'write lower-case words like --prefix acme',
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
