import { Failure } from '../contract/failure.ts'
import {
  type AgentAnswer,
  type DefinitionAnswer,
  type Refused,
  refused,
  refusedPin,
  type TemplateAnswer,
  toAgent,
  toPublished,
} from './agent.ts'
import type { Readers, WorkerRevision } from './connection/definition.ts'
import type { Pin } from './connection/read-registry.ts'
import type { Staleness } from './definitions/entry.ts'
import type { LiveDefinitions } from './definitions/live-definitions.ts'
import type { FindPinned } from './definitions/pinned.ts'
import type { WorkerFeed } from './feed/feed.ts'

/** The calls that read one definition. */
export interface Answers {
  /**
   * The live version or the pinned one: from memory while nothing
   * has changed, from disk when the registry cannot be reached.
   */
  agent(id: string, pin?: Pin): Promise<AgentAnswer>
  template(id: string, pin?: Pin): Promise<TemplateAnswer>
  /**
   * A definition of any kind, in the same way. A kind of a plugin has to be among the `kinds` of the connection.
   * @throws Failure CONFIG for a kind that the connection does not know
   */
  definition(kind: string, id: string, pin?: Pin): Promise<DefinitionAnswer>
}

/** Finds a revision and shows it, or says why it cannot be run. */
export type FindAnswer = <T>(
  kind: string,
  id: string,
  pin: Pin,
  show: (revision: WorkerRevision, staleness: Staleness) => T,
) => Promise<T | Refused>

/** What the answers of a connection come from. */
export interface AnswerSources {
  definitions: Pick<LiveDefinitions, 'find'>
  findPinned: FindPinned
  feed: Pick<WorkerFeed, 'now' | 'cursor'>
}

export function createFind({ definitions, findPinned, feed }: AnswerSources): FindAnswer {
  return async (kind, id, { version, digest }, show) => {
    if (version !== undefined || digest !== undefined) {
      const pinned = await findPinned(kind, id, { version, digest })
      if (pinned.state !== 'found') return refusedPin(kind, id, { version, digest }, pinned.state)
      // A pinned content never goes out of date.
      return show(pinned.revision, { fresh: true, asOf: feed.now(), seq: feed.cursor })
    }
    const current = await definitions.find(kind, id)
    if (!current) return refused(kind, id, 'unavailable')
    if (!('revision' in current)) return refused(kind, id, current.state, current.staleness)
    return show(current.revision, current.staleness)
  }
}

export function createAnswers(find: FindAnswer, readers: Readers): Answers {
  return {
    agent: (id, pin = {}) =>
      find('agents', id, pin, (revision, staleness) => ({ ok: true, agent: toAgent(revision, staleness) })),
    template: (id, pin = {}) =>
      find('templates', id, pin, (one, staleness) => ({ ok: true, template: toPublished(one, staleness) })),
    definition: async (kind, id, pin = {}) => {
      requireReader(readers, kind)
      return find(kind, id, pin, (one, staleness) => ({ ok: true, definition: toPublished(one, staleness) }))
    },
  }
}

function requireReader(readers: Readers, kind: string): void {
  if (Object.hasOwn(readers, kind)) return
  throw new Failure(
    'CONFIG',
    `the kind "${kind}" is not known to this connection`,
    "give the plugin's kind to connectRegistry, in the option kinds",
  )
}
