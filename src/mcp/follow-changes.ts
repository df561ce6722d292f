import type { ServerEvent } from '@modelcontextprotocol/server'
import * as z from 'zod'
import { ApiProblem, type RegistryClient } from './registry/registry-client.ts'
import { buildUri } from './registry/uris.ts'
import { SKILLS } from './skills/read-skill.ts'
import { buildSkillUri, SKILL_FILE } from './skills/uris.ts'

/** Calls `wake` when there may be news, until the returned function is called. */
export type NewsSource = (wake: () => void) => () => void

const page = z.object({
  cursor: z.int(),
  mark: z.string().nullish(),
  events: z.array(z.object({ kind: z.string(), id: z.string(), version: z.number().nullish() })),
})

/**
 * Reads the feed of changes from now on, and tells what of this server has changed. Faults are no news: the next wake
 * reads again from the same place. When the feed no longer has that place, everything may have changed.
 */
export function followChanges(
  client: RegistryClient,
  wakeups: NewsSource,
  tell: (event: ServerEvent) => void,
): () => void {
  let cursor: number | undefined
  let busy = false
  let again = false
  let over = false
  const read = async () => {
    const { body } = await client.get(['events'], { since: cursor ?? 'now', limit: 100 })
    const { events, cursor: next } = page.parse(body)
    cursor = next
    if (!over) for (const event of toServerEvents(events)) tell(event)
    again ||= events.length === 100
  }
  const wake = async () => {
    again = true
    if (busy) return
    busy = true
    while (again && !over) {
      again = false
      await read().catch((error) => {
        if (error instanceof ApiProblem && error.status === 410) {
          cursor = undefined
          for (const event of LISTS) tell(event)
        }
      })
    }
    busy = false
  }
  void wake()
  const stop = wakeups(() => void wake())
  return () => {
    over = true
    stop()
  }
}

const LISTS: ServerEvent[] = [{ kind: 'resources_list_changed' }, { kind: 'prompts_list_changed' }]

function toServerEvents(events: z.infer<typeof page>['events']): ServerEvent[] {
  if (events.length === 0) return []
  const uris = new Set(
    events.flatMap(({ kind, id }) => [
      buildUri({ kind, id }),
      ...(kind === SKILLS ? [buildSkillUri({ id, path: SKILL_FILE })] : []),
    ]),
  )
  return [...[...uris].map((uri): ServerEvent => ({ kind: 'resource_updated', uri })), ...LISTS]
}
