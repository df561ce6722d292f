/** A developer of a runtime, whose program is to use a published agent. */
export default {
  name: 'runtime',
  brings: [],
  reads: [
    {
      page: 'docs/getting-started.md',
      sections: ['1. Make a folder with NOFX in it', '2. Make the first agent', '3. Publish'],
    },
    { page: 'docs/worker.md', sections: ['A first program'] },
  ],
  success: 'node worker.mjs',
  shows: 'You welcome newcomers',
}
