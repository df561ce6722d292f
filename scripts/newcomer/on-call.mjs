/** An engineer on call, whose production has just got two bad publishes. */
export default {
  name: 'on-call',
  hosted: 'published',
  brings: [],
  reads: [
    {
      page: 'docs/rollback-runbook.md',
      sections: ['Rollback runbook', 'Look first', 'One definition', 'The kill switch', 'A whole release'],
    },
  ],
  success: 'nofx registry rollback agents/reviewer --reason "approves everything"',
  shows: '**Rolled back** `agents/reviewer`',
}
