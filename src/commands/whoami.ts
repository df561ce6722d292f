import { BaseCommand } from '../cli/base-command.ts'
import type { Answer } from '../cli/json/commands.ts'
import { presentWho } from '../cli/present/who.ts'
import { hostedConfig } from '../cloud/hosted/hosted-config.ts'

export default class Whoami extends BaseCommand {
  static override summary = 'Show the registry that commands use, and the credential.'
  static override description =
    'Names the registry and the credential: NOFX_TOKEN, SUPABASE_SECRET_KEY, the identity of a CI job, the sign-in of nofx login, or SUPABASE_PUBLISHABLE_KEY, whichever comes first. For a user, it asks the project whether the token is valid and may publish; a role that was given after the sign-in counts from then on.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --json',
  ]

  async run(): Promise<Answer<'whoami'>> {
    await this.parse(Whoami)
    const hosted = hostedConfig(process.env)
    if (!hosted) {
      const registry = process.env.NOFX_DATABASE_URL
        ? 'the PostgreSQL of NOFX_DATABASE_URL'
        : 'embedded .nofx'
      return this.answer({ registry, via: 'owner' as const }, `${registry}: it needs no sign-in`)
    }
    const { identify } = await import('../cloud/hosted/identify.ts')
    const who = await identify(hosted)
    return this.answer(who, presentWho(who))
  }
}
