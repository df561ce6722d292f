/**
 * A platform engineer, who connects a repository of definitions to a hosted project and signs in. The commands for
 * the Supabase CLI are run by `npm run check:supabase`: in a clone, with both versions of the CLI, against a PostgreSQL
 * and an API on this machine.
 */
export default {
  name: 'platform',
  hosted: 'empty',
  brings: [],
  reads: [
    {
      page: 'docs/getting-started.md',
      sections: ['1. Make a folder with NOFX in it', '2. Make the first agent', '3. Publish'],
    },
    {
      page: 'docs/deploy.md',
      sections: ['1. Set up Supabase: database, storage and functions', '4. Sign in'],
    },
  ],
  /** Commands of the pages for a clone of this repository, which this newcomer does not have. */
  leavesOut: /^supabase /,
  success: 'npx nofx registry list',
  shows: 'agents/greeter',
}
