/**
 * A platform engineer, who connects a repository of definitions to a hosted project and signs in. The commands for
 * the Supabase CLI need an account: `npm run check:supabase` runs those.
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
  /** Commands of the pages that need an account at Supabase. */
  leavesOut: /^supabase /,
  success: 'npx nofx registry list',
  shows: 'agents/greeter',
}
