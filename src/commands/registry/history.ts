import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../../cli/base-command.ts'
import {
  optionalDefinitionArgs,
  requireDefinition,
  splitDefinition,
} from '../../cli/definition/definition-args.ts'
import { buildHeadDocument } from '../../cli/definition/head-document.ts'
import { kindNamed } from '../../cli/definition/kind-names.ts'
import { requireHead } from '../../cli/definition/require-head.ts'
import { env } from '../../cli/env-flag.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { presentAllLiveAt, presentHistory, presentLiveAt } from '../../cli/present/history.ts'
import { presentMoves } from '../../cli/present/releases.ts'
import { screenFlags } from '../../cli/terminal/screen-flags.ts'
import { Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import type { Named } from '../../contract/name.ts'
import { quoteWord } from '../../contract/text/quote-word.ts'
import { allLiveAt, liveAt, parsePast } from '../../core/live-at.ts'
import { recentMoves } from '../../core/moves/recent-moves.ts'
import type { Registry } from '../../core/registry/registry.ts'
import { parseSince } from '../../core/since.ts'

/** The times that the flags name, in ISO 8601. */
interface Times {
  at?: string
  since?: string
  limit: number
}

/** Who reads what is public does not see what was. */
const PAST = { flag: '--at', least: 'publisher' } as const

export default class History extends BaseCommand {
  static override summary = 'Show what moved, who moved it, when and why, or what was live at a given time.'
  static override description =
    'Without a definition: the last moves of everything, or of a kind. With a definition: its revisions, newest first. With --at: the version that readers saw then, or everything of the kind that they saw. A draft is never live.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --since 2h',
    '<%= config.bin %> <%= command.id %> agents/reviewer',
    '<%= config.bin %> <%= command.id %> agents/reviewer --at 2026-11-01T10:00Z',
    '<%= config.bin %> <%= command.id %> agents --at 2026-11-01 --json',
  ]
  static override args = optionalDefinitionArgs
  static override flags = {
    env,
    ...screenFlags,
    at: Flags.string({
      description: 'what was live then: a time with its zone, or a date for the start of that day in UTC',
      helpValue: '2026-11-01T10:00Z',
      exclusive: ['since'],
    }),
    since: Flags.string({
      description: 'only moves since then: a length such as 2h, or a time',
      helpValue: '2h',
    }),
    limit: Flags.integer({ description: 'how many moves', default: 20, min: 1, max: 1000 }),
  }

  async run(): Promise<Answer<'registry history'>> {
    const { args, flags } = await this.parse(History)
    const now = Date.now()
    const at = flags.at === undefined ? undefined : parsePast(flags.at, now)
    const since = flags.since === undefined ? undefined : parseSince(flags.since, now)
    const times = { at, since, limit: flags.limit }
    const kinds = await this.kinds()
    const words = splitDefinition(args)
    if (words.kind === undefined || words.id === undefined) return this.many(kinds, words.kind, times)
    const { kind, id } = requireDefinition(kinds, args, 'registry history')
    const registry = await this.registry(kinds, at === undefined ? undefined : PAST)
    if (at === undefined) return this.all(registry, { kinds, kind, id }, since)
    const { live: revision, ...then } = await liveAt(registry, kind.id, id, at)
    return this.answer({ ...then, revision }, presentLiveAt({ ...then, live: revision }))
  }

  /** The moves of a kind or of everything, or all that was live at a time. */
  private async many(
    kinds: Kind[],
    name: string | undefined,
    { at, since, limit }: Times,
  ): Promise<Answer<'registry history'>> {
    const kind =
      name === undefined ? undefined : kindNamed(kinds, name, 'nofx registry history', undefined).id
    if (at !== undefined) return this.allAt(kinds, kind, at)
    const registry = await this.registry(kinds)
    const covers = kind === undefined ? undefined : (one: Named) => one.kind === kind
    const moves = await recentMoves(registry, { limit, since, covers })
    return this.answer({ moves }, presentMoves(moves, since, this.screen, registry.preview))
  }

  private async all(
    registry: Registry,
    { kinds, kind, id }: { kinds: Kind[]; kind: Kind; id: string },
    since: string | undefined,
  ): Promise<Answer<'registry history'>> {
    const [head, all] = await Promise.all([
      requireHead(registry, kind.id, id, kinds),
      registry.history(kind.id, id),
    ])
    const revisions = since === undefined ? all : all.filter(({ createdAt }) => createdAt >= since)
    return this.answer(
      { head: buildHeadDocument(head), revisions },
      presentHistory(head, revisions, this.screen, all, registry.preview),
    )
  }

  private async allAt(
    kinds: Kind[],
    kind: string | undefined,
    at: string,
  ): Promise<Answer<'registry history'>> {
    await this.requireKey(PAST)
    const hint = `name a kind: nofx registry history agents --at ${quoteWord(at)}`
    if (kind === undefined) throw new Failure('USAGE', '--at needs a kind or a definition', hint)
    const live = await allLiveAt(await this.registry(kinds, PAST), kind, at)
    return this.answer({ kind, at, revisions: live }, presentAllLiveAt(kind, at, live, this.screen))
  }
}
