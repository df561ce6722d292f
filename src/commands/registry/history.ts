import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../../cli/base-command.ts'
import { env } from '../../cli/env-flag.ts'
import { pickKind } from '../../cli/kinds.ts'
import { presentAllLiveAt, presentHistory, presentLiveAt } from '../../cli/present/history.ts'
import { requireHead } from '../../cli/require-head.ts'
import { screenFlags } from '../../cli/terminal/screen-flags.ts'
import { Failure } from '../../contract/failure.ts'
import { allLiveAt, liveAt, parsePast } from '../../core/live-at.ts'
import type { Registry } from '../../core/registry/registry.ts'

export default class History extends BaseCommand {
  static override summary = 'Show who changed a definition, when and why, or what was live at a given time.'
  static override description =
    'Without --at: every revision of one definition, newest first. With --at: the version that readers saw then, or, without an id, everything of the kind that they saw. A draft is never live.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> agents reviewer',
    '<%= config.bin %> <%= command.id %> agents reviewer --at 2026-11-01T10:00Z',
    '<%= config.bin %> <%= command.id %> agents --at 2026-11-01 --json',
  ]
  static override args = {
    kind: Args.string({ description: 'kind of the definition, such as agents', required: true }),
    id: Args.string({ description: 'id of the definition; with --at all when none is named' }),
  }
  static override flags = {
    env,
    ...screenFlags,
    at: Flags.string({
      description: 'what was live then: a time with its zone, or a date for the start of that day in UTC',
      helpValue: '2026-11-01T10:00Z',
    }),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(History)
    const at = flags.at === undefined ? undefined : parsePast(flags.at, Date.now())
    const kinds = await this.kinds()
    const kind = pickKind(kinds, args.kind).id
    if (args.id !== undefined) {
      const registry = await this.registry(kinds)
      return at === undefined ? this.all(registry, kind, args.id) : this.oneAt(registry, kind, args.id, at)
    }
    if (at !== undefined) return this.allAt(await this.registry(kinds), kind, at)
    const hint = `name a definition of ${kind}, or a time: nofx registry history ${kind} --at 2026-11-01`
    throw new Failure('USAGE', 'the id is missing', hint)
  }

  private async all(registry: Registry, kind: string, id: string): Promise<object> {
    const [head, revisions] = await Promise.all([requireHead(registry, kind, id), registry.history(kind, id)])
    return this.answer({ head, revisions }, presentHistory(head, revisions, this.screen))
  }

  private async oneAt(registry: Registry, kind: string, id: string, at: string): Promise<object> {
    const then = await liveAt(registry, kind, id, at)
    return this.answer(then, presentLiveAt(then))
  }

  private async allAt(registry: Registry, kind: string, at: string): Promise<object> {
    const live = await allLiveAt(registry, kind, at)
    return this.answer({ kind, at, live }, presentAllLiveAt(kind, at, live, this.screen))
  }
}
