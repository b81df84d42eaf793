import { certain } from '../certainty.js'
import { defineRule } from '../define.js'
import { clusterSubject } from '../subject.js'

export const allowanceExpired = defineRule({
  id: 'check/allowance-expired',
  title: 'An allowance of the check file has run out',
  severity: 'error',
  needs: ['allowances'],
  docs: {
    what: 'The check file accepts findings of a rule until a day that has passed.',
    why: 'What was accepted for a time counts again; the gate should not stay open by itself.',
    confirm: 'Look at `allow` in the check file.',
    falseAlarms: 'None, if the clock of the machine is right.',
    references: ['l2doctor check --help'],
  },
  *check({ allowances }) {
    for (const { name, expires, expired } of allowances) {
      if (expired)
        yield {
          subject: clusterSubject(name),
          ...certain('the check file names the day'),
          data: { name, expires },
          evidence: [{ kind: 'object', object: 'check file', path: 'allow', value: `${name} expires ${expires}` }],
        }
    }
  },
  message: ({ name, expires }) => `the allowance ${name} ran out on ${expires}`,
  fixes: ({ name }) => [
    {
      summary: `Fix what ${name} accepts, or give the allowance a new date`,
      risk: 'none',
      where: 'workstation',
      steps: [{ kind: 'persistent', text: 'Change or remove the entry under `allow` in the check file' }],
      verify: 'l2doctor check -f l2doctor.yaml',
      undo: 'Put the former entry back.',
    },
  ],
})
