import { sh } from '../../../shell.js'
import type { ForPeople } from '../for-people.js'

export const KEEPALIVED_PEOPLE: ForPeople = {
  title: 'keepalived',
  agent: 'keepalived',
  pods: 'keepalived',
  listedAs: 'keepalived',
  looks: () => [
    {
      text: 'keepalived: who is master? The adverts of VRRP name it; on the machines themselves its log does',
      run: sh`timeout 10 tcpdump -p -n -e -i any ip proto 112`,
    },
  ],
  classes:
    'keepalived: take the annotation keepalived-operator.redhat-cop.io/keepalivedgroup off the Service, or the address out of its configuration',
}
