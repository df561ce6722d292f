import * as Args from '@oclif/core/args'
import { BaseCommand } from '../../../cli/base-command.ts'
import { env } from '../../../cli/env-flag.ts'
import type { Answer } from '../../../cli/json/commands.ts'
import { presentReleaseDiffs } from '../../../cli/present/releases.ts'
import { Failure } from '../../../contract/failure.ts'
import { describeReleased } from '../../../core/moves/describe-released.ts'
import type { Registry, Release } from '../../../core/registry/registry.ts'

export default class ShowRelease extends BaseCommand {
  static override summary = 'Show one release, with what it changed in each definition.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 4f2a9c1e',
    '<%= config.bin %> <%= command.id %> 4f2a9c1e --json',
  ]
  static override args = {
    release: Args.string({
      description: 'its id or commit SHA; the first 8 characters are enough',
      required: true,
    }),
  }
  static override flags = { env }

  async run(): Promise<Answer<'registry releases show'>> {
    const { args } = await this.parse(ShowRelease)
    const kinds = await this.kinds()
    const registry = await this.registry(kinds)
    const release = await requireRelease(registry, args.release)
    const { changes, moved } = await describeReleased(registry, kinds, release)
    return this.answer(
      { release, moves: changes, moved },
      presentReleaseDiffs({ release, changes, moved }, this.paint, registry.preview),
    )
  }
}

async function requireRelease(registry: Registry, ref: string): Promise<Release> {
  const release = await registry.release(ref)
  if (release) return release
  throw new Failure(
    'NOT_FOUND',
    `"${ref.slice(0, 80)}" is not a release or a published commit`,
    ref.length < 4 ? 'give at least 4 characters of it' : 'see: nofx registry releases',
  )
}
