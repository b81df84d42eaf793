/** What devices print, in the form of their makers' documentation, with addresses of our own; `test/fuzz` changes it. */
export interface Printed {
  readonly what: string
  readonly format: string
  readonly text: string
  readonly entries?: readonly string[]
  readonly ports?: readonly string[]
}

export const PRINTED: readonly Printed[] = [
  {
    what: 'ip neigh',
    format: 'linux',
    text: `10.0.0.240 dev eth0 lladdr 02:00:00:00:00:02 REACHABLE
10.0.0.1 dev bond0.10 lladdr 02:00:00:00:00:01 router STALE
10.0.0.9 dev eth0 FAILED
10.0.0.8 dev eth0  INCOMPLETE
10.0.0.7 dev eth0 lladdr 02:00:00:00:00:07 PERMANENT
10.0.0.6 dev eth0 proxy
2001:db8::240 dev eth0 lladdr 02:00:00:00:00:02 router REACHABLE
`,
    entries: [
      '10.0.0.240 02:00:00:00:00:02 dynamic eth0 REACHABLE',
      '10.0.0.1 02:00:00:00:00:01 dynamic bond0.10 vlan 10 STALE',
      '10.0.0.9 - incomplete eth0 FAILED',
      '10.0.0.8 - incomplete eth0 INCOMPLETE',
      '10.0.0.7 02:00:00:00:00:07 static eth0 PERMANENT',
      '2001:db8::240 02:00:00:00:00:02 dynamic eth0 REACHABLE',
    ],
  },
  {
    what: 'ip -s neigh',
    format: 'linux',
    text: '10.0.0.240 dev eth0 lladdr 02:00:00:00:00:02 ref 1 used 20/15/25 probes 4 STALE\n',
    entries: ['10.0.0.240 02:00:00:00:00:02 dynamic eth0 age 15-15 STALE'],
  },
  {
    what: 'ip -s neigh of iproute2 6.1, of an entry that was learnt a second ago and not confirmed since',
    format: 'linux',
    text: `10.0.0.240 dev eth0 lladdr 02:00:00:00:00:02  used 1/61/1probes 0 STALE
10.0.0.9 dev eth0  ref 1 used 1/61/1probes 5 INCOMPLETE
`,
    entries: [
      '10.0.0.240 02:00:00:00:00:02 dynamic eth0 age 1-61 STALE',
      '10.0.0.9 - incomplete eth0 age 1-61 INCOMPLETE',
    ],
  },
  {
    what: 'ip -s -j neigh',
    format: 'linux',
    text: JSON.stringify([
      {
        dst: '10.0.0.240',
        dev: 'eth0',
        lladdr: '02:00:00:00:00:02',
        used: 1,
        confirmed: 61,
        updated: 1,
        state: ['STALE'],
      },
    ]),
    entries: ['10.0.0.240 02:00:00:00:00:02 dynamic eth0 age 1-61 STALE'],
  },
  {
    what: 'ip neigh show dev eth0',
    format: 'linux',
    text: `10.0.0.55 managed INCOMPLETE
10.0.0.240 lladdr 02:00:00:00:00:02 REACHABLE
10.0.0.50 lladdr 02:00:00:00:00:50 extern_learn NOARP proto zebra
10.0.0.99 FAILED
`,
    entries: [
      '10.0.0.55 - incomplete - INCOMPLETE',
      '10.0.0.240 02:00:00:00:00:02 dynamic - REACHABLE',
      '10.0.0.50 02:00:00:00:00:50 remote - NOARP',
      '10.0.0.99 - incomplete - FAILED',
    ],
  },
  {
    what: 'ip -j neigh show dev eth0',
    format: 'linux',
    text: JSON.stringify([{ dst: '10.0.0.240', lladdr: '02:00:00:00:00:02', state: ['REACHABLE'] }]),
    entries: ['10.0.0.240 02:00:00:00:00:02 dynamic - REACHABLE'],
  },
  {
    what: 'ip -j neigh',
    format: 'linux',
    text: JSON.stringify([
      { dst: '10.0.0.240', dev: 'eth0', lladdr: '02:00:00:00:00:02', state: ['STALE'] },
      { dst: '10.0.0.9', dev: 'eth0', state: ['FAILED'] },
      { dst: 'fe80::1', dev: 'eth0', lladdr: '02:00:00:00:00:01', router: null, state: ['REACHABLE'] },
    ]),
    entries: [
      '10.0.0.240 02:00:00:00:00:02 dynamic eth0 STALE',
      '10.0.0.9 - incomplete eth0 FAILED',
      'fe80::1 02:00:00:00:00:01 dynamic eth0 REACHABLE',
    ],
  },
  {
    what: 'bridge fdb',
    format: 'linux',
    text: `02:00:00:00:00:02 dev eth3 vlan 10 master br0
02:00:00:00:00:0b dev eth3 vlan 1 master br0 permanent
33:33:00:00:00:01 dev eth3 self permanent
02:00:00:00:00:04 dev vxlan100 dst 10.255.0.2 self extern_learn
`,
    ports: ['02:00:00:00:00:02 10 eth3 dynamic', '02:00:00:00:00:0b 1 eth3 static'],
  },
  {
    what: 'entries of a control plane, and of devices without ARP',
    format: 'linux',
    text: `10.0.0.240 dev vlan10 lladdr 02:00:00:00:00:02 extern_learn NOARP proto zebra
10.0.0.241 dev vlan10 lladdr 02:00:00:00:00:03 extern_learn REACHABLE proto zebra
10.0.0.242 dev vlan10 lladdr 02:00:00:00:00:04 NOARP
10.0.0.243 dev tun0 NOARP
02:00:00:00:00:02 dev vxlan100 vlan 10 extern_learn master br0
`,
    entries: [
      '10.0.0.240 02:00:00:00:00:02 remote vlan10 vlan 10 NOARP',
      '10.0.0.241 02:00:00:00:00:03 remote vlan10 vlan 10 REACHABLE',
      '10.0.0.242 02:00:00:00:00:04 static vlan10 vlan 10 NOARP',
    ],
    ports: ['02:00:00:00:00:02 10 vxlan100 remote'],
  },
  {
    what: 'the same in JSON',
    format: 'linux',
    text: JSON.stringify([
      { dst: '10.0.0.240', dev: 'eth0', lladdr: '02:00:00:00:00:02', extern_learn: null, state: ['NOARP'] },
      { dst: '10.0.0.243', dev: 'tun0', state: ['NOARP'] },
      { dst: '10.0.0.6', dev: 'eth0', proxy: null },
    ]),
    entries: ['10.0.0.240 02:00:00:00:00:02 remote eth0 NOARP'],
  },
  {
    what: 'bridge -j fdb',
    format: 'linux',
    text: JSON.stringify([
      { mac: '02:00:00:00:00:02', ifname: 'eth3', vlan: 10, flags: [], master: 'br0', state: '' },
      { mac: '02:00:00:00:00:03', ifname: 'vxlan100', flags: ['extern_learn'], master: 'br0', state: '' },
      { mac: '02:00:00:00:00:0b', ifname: 'eth3', flags: [], master: 'br0', state: 'permanent' },
      { mac: '33:33:00:00:00:01', ifname: 'eth3', flags: ['self'], state: 'permanent' },
    ]),
    ports: [
      '02:00:00:00:00:02 10 eth3 dynamic',
      '02:00:00:00:00:03 - vxlan100 remote',
      '02:00:00:00:00:0b - eth3 static',
    ],
  },
  {
    what: 'show ip arp of IOS',
    format: 'cisco-ios',
    text: `edge-1#show ip arp
Protocol  Address          Age (min)  Hardware Addr   Type   Interface
Internet  10.0.0.1                -   0000.5e00.0101  ARPA   Vlan10
Internet  10.0.0.240              4   0200.0000.0002  ARPA   Vlan10
Internet  10.0.0.241            122   0200.0000.0003  ARPA   GigabitEthernet0/0/1.20
Internet  10.0.0.9                0   Incomplete      ARPA
edge-1#
`,
    entries: [
      '10.0.0.1 00:00:5e:00:01:01 own Vlan10 vlan 10',
      '10.0.0.240 02:00:00:00:00:02 dynamic Vlan10 vlan 10 age 240-299',
      '10.0.0.241 02:00:00:00:00:03 dynamic GigabitEthernet0/0/1.20 vlan 20 age 7320-7379',
      '10.0.0.9 - incomplete - age 0-59 Incomplete',
    ],
  },
  {
    what: 'show ipv6 neighbors of IOS',
    format: 'cisco-ios',
    text: `IPv6 Address                              Age Link-layer Addr State Interface
2001:DB8::240                               4 0200.0000.0002  STALE Vl10
2001:DB8::9                                 0 -               INCMP Vl10
FE80::1                                     0 0200.0000.0001  REACH Vl10
`,
    entries: [
      '2001:db8::240 02:00:00:00:00:02 dynamic Vl10 vlan 10 age 240-299 STALE',
      '2001:db8::9 - incomplete Vl10 vlan 10 age 0-59 INCMP',
      'fe80::1 02:00:00:00:00:01 dynamic Vl10 vlan 10 age 0-59 REACH',
    ],
  },
  {
    what: 'show mac address-table of IOS',
    format: 'cisco-ios',
    text: `          Mac Address Table
-------------------------------------------

Vlan    Mac Address       Type        Ports
----    -----------       --------    -----
 All    0100.0ccc.cccc    STATIC      CPU
  10    0200.0000.0002    DYNAMIC     Gi1/0/3
Total Mac Addresses for this criterion: 2
`,
    ports: ['02:00:00:00:00:02 10 Gi1/0/3 dynamic'],
  },
  {
    what: 'show mac address-table of a 6500',
    format: 'cisco-ios',
    text: `Legend: * - primary entry
        age - seconds since last seen
        n/a - not available

  vlan   mac address     type    learn     age              ports
------+----------------+--------+-----+----------+--------------------------
*   10  0200.0000.0002   dynamic  Yes          5   Gi1/3
    20  0200.0000.0003    static  No           -   Router
`,
    ports: ['02:00:00:00:00:02 10 Gi1/3 dynamic', '02:00:00:00:00:03 20 Router static'],
  },
  {
    what: 'show ip arp of NX-OS',
    format: 'cisco-nxos',
    text: `
Flags: * - Adjacencies learnt on non-active FHRP router
       + - Adjacencies synced via CFSoE

IP ARP Table for context default
Total number of entries: 4
Address         Age       MAC Address     Interface       Flags
10.0.0.240      00:12:32  0200.0000.0002  Vlan10
10.0.0.241         1d02h  0200.0000.0003  Ethernet1/1.20  +
10.0.0.1            -     0000.0c9f.f00a  Vlan10
10.0.0.9        00:00:05  INCOMPLETE      Vlan10
`,
    entries: [
      '10.0.0.240 02:00:00:00:00:02 dynamic Vlan10 vlan 10 age 752-752',
      '10.0.0.241 02:00:00:00:00:03 dynamic Ethernet1/1.20 vlan 20 age 93600-93600',
      '10.0.0.1 00:00:0c:9f:f0:0a own Vlan10 vlan 10',
      '10.0.0.9 - incomplete Vlan10 vlan 10 age 5-5 INCOMPLETE',
    ],
  },
  {
    what: 'show ipv6 neighbor of NX-OS',
    format: 'cisco-nxos',
    text: `IPv6 Adjacency Table for VRF default
Total number of entries: 2
Address         Age       MAC Address     Pref Source     Interface
2001:db8:10:20:30:40:50:240
                   16w3d  0200.0000.0002  50   icmpv6     Vlan10
fe80::1         00:00:41  0000.0000.0000  255  icmpv6     Vlan10          #
`,
    entries: [
      '2001:db8:10:20:30:40:50:240 02:00:00:00:00:02 dynamic Vlan10 vlan 10 age 9936000-9936000',
      'fe80::1 - incomplete Vlan10 vlan 10 age 41-41 0000.0000.0000',
    ],
  },
  {
    what: 'show mac address-table of NX-OS',
    format: 'cisco-nxos',
    text: `Legend:
        * - primary entry, G - Gateway MAC, (R) - Routed MAC, O - Overlay MAC
        age - seconds since last seen,+ - primary entry using vPC Peer-Link,
     VLAN       MAC Address       Type     age    Secure  NTFY     Ports
------------+-----------------+----------+-------+------+------+------------------
G    100      0200.0000.00aa   static     -        F      F    sup-eth1(R)
*    10       0200.0000.0002   dynamic    0        F      F    Eth1/3
+    20       0200.0000.0003   dynamic    30       F      F    Po10
`,
    ports: [
      '02:00:00:00:00:aa 100 sup-eth1(R) static',
      '02:00:00:00:00:02 10 Eth1/3 dynamic',
      '02:00:00:00:00:03 20 Po10 dynamic',
    ],
  },
  {
    what: 'show ip arp of EOS',
    format: 'arista-eos',
    text: `Address         Age (sec)  Hardware Addr   Interface
10.0.0.240        0:12:32  0200.0000.0002  Vlan10, Port-Channel2
10.0.0.241        0:00:17  0200.0000.0003  Vlan10, not learned
10.0.0.242            N/A  0200.0000.0004  Ethernet1
`,
    entries: [
      '10.0.0.240 02:00:00:00:00:02 dynamic Vlan10 port Port-Channel2 vlan 10 age 752-752',
      '10.0.0.241 02:00:00:00:00:03 dynamic Vlan10 vlan 10 age 17-17',
      '10.0.0.242 02:00:00:00:00:04 static Ethernet1',
    ],
  },
  {
    what: 'show ip arp of an older EOS',
    format: 'arista-eos',
    text: `Address         Age (min)  Hardware Addr   Interface
10.0.0.240              4  0200.0000.0002  Vlan10, Ethernet1
`,
    entries: ['10.0.0.240 02:00:00:00:00:02 dynamic Vlan10 port Ethernet1 vlan 10 age 240-299'],
  },
  {
    what: 'show ipv6 neighbors of EOS',
    format: 'arista-eos',
    text: `IPv6 Address                                 Age Hardware Addr    State Interface
2001:db8::240                            0:26:04 0200.0000.0002   STALE Vl10, Et3
`,
    entries: ['2001:db8::240 02:00:00:00:00:02 dynamic Vl10 port Et3 vlan 10 age 1564-1564 STALE'],
  },
  {
    what: 'show mac address-table of EOS',
    format: 'arista-eos',
    text: `          Mac Address Table
------------------------------------------------------------------

Vlan    Mac Address       Type        Ports      Moves   Last Move
----    -----------       ----        -----      -----   ---------
  10    0200.0000.0002    DYNAMIC     Et3        1       0:08:16 ago
  10    0200.0000.0003    STATIC      Cpu
Total Mac Addresses for this criterion: 2
`,
    ports: ['02:00:00:00:00:02 10 Et3 dynamic', '02:00:00:00:00:03 10 Cpu static'],
  },
  {
    what: 'show arp no-resolve of Junos',
    format: 'junos',
    text: `MAC Address       Address         Interface         Flags
02:00:00:00:00:02 10.0.0.240      irb.10 [ge-0/0/3.0] none
02:00:00:00:00:03 10.0.0.241      ge-0/0/1.0        permanent
Total entries: 2
`,
    entries: [
      '10.0.0.240 02:00:00:00:00:02 dynamic irb.10 port ge-0/0/3.0 vlan 10',
      '10.0.0.241 02:00:00:00:00:03 static ge-0/0/1.0 permanent',
    ],
  },
  {
    what: 'show arp expiration-time of Junos',
    format: 'junos',
    text: `MAC Address       Address         Name                      Interface           Flags    TTE
02:00:00:00:00:02 10.0.0.240      10.0.0.240                irb.10              none     1187
`,
    entries: ['10.0.0.240 02:00:00:00:00:02 dynamic irb.10 vlan 10 expires 1187'],
  },
  {
    what: 'show ipv6 neighbors of Junos',
    format: 'junos',
    text: `IPv6 Address                            Linklayer Address  State       Exp   Rtr  Secure  Interface
2001:db8::240                           02:00:00:00:00:02  reachable   12    no   no      irb.10 [ge-0/0/3.0]
2001:db8::241                           02:00:00:00:00:03  stale       546   yes  no      irb.10
2001:db8::9                             none               incomplete  2     no   no      irb.10
`,
    entries: [
      '2001:db8::240 02:00:00:00:00:02 dynamic irb.10 port ge-0/0/3.0 vlan 10 expires 12 reachable',
      '2001:db8::241 02:00:00:00:00:03 dynamic irb.10 vlan 10 stale',
      '2001:db8::9 - incomplete irb.10 vlan 10 expires 2 incomplete',
    ],
  },
  {
    what: 'show ethernet-switching table of Junos',
    format: 'junos',
    text: `MAC flags (S - static MAC, D - dynamic MAC, L - locally learned, P - Persistent static
           SE - statistics enabled, NM - non configured MAC, R - remote PE MAC, O - ovsdb MAC)

Ethernet switching table : 1 entries, 1 learned
Routing instance : default-switch
   Vlan                MAC                 MAC      Age    Logical                NH        RTR
   name                address             flags           interface              Index     ID
   v10                 02:00:00:00:00:02   D          -   ge-0/0/3.0             0         0
   v10                 02:00:00:00:00:03   D,SE       -   ge-0/0/4.0             0         0
   v10                 02:00:00:00:00:04   DR         -   vtep.32769             0         0
   v10                 02:00:00:00:00:05   DLR        -   ae0.0                  0         0
   v10                 02:00:00:00:00:06   S          -   ge-0/0/5.0             0         0
`,
    ports: [
      '02:00:00:00:00:02 - ge-0/0/3.0 dynamic',
      '02:00:00:00:00:03 - ge-0/0/4.0 dynamic',
      '02:00:00:00:00:04 - vtep.32769 remote',
      '02:00:00:00:00:05 - ae0.0 dynamic',
      '02:00:00:00:00:06 - ge-0/0/5.0 static',
    ],
  },
  {
    what: '/ip arp print of RouterOS 6',
    format: 'mikrotik',
    text: `Flags: X - disabled, I - invalid, H - DHCP, D - dynamic, P - published, C - complete
 #    ADDRESS         MAC-ADDRESS       INTERFACE
 0 DC 10.0.0.240      02:00:00:00:00:02 bridge1
 1  C 10.0.0.241      02:00:00:00:00:03 ether5
 2 D  10.0.0.9                          ether4
`,
    entries: [
      '10.0.0.240 02:00:00:00:00:02 dynamic bridge1',
      '10.0.0.241 02:00:00:00:00:03 static ether5',
      '10.0.0.9 - incomplete ether4',
    ],
  },
  {
    what: '/ip arp print of RouterOS 7',
    format: 'mikrotik',
    text: `[admin@core] > /ip arp print
Flags: D - DYNAMIC; C - COMPLETE
Columns: ADDRESS, MAC-ADDRESS, INTERFACE, STATUS
#    ADDRESS     MAC-ADDRESS        INTERFACE  STATUS
0 DC 10.0.0.240  02:00:00:00:00:02  bridge1    stale
1 D  10.0.0.9                       bridge1    failed
`,
    entries: ['10.0.0.240 02:00:00:00:00:02 dynamic bridge1 stale', '10.0.0.9 - incomplete bridge1 failed'],
  },
  {
    what: '/ipv6 neighbor print of RouterOS',
    format: 'mikrotik',
    text: `Flags: R - router
 0   address=2001:db8::240 interface=bridge1 mac-address=02:00:00:00:00:02 router=no status="stale"
 1   address=2001:db8::9 interface=bridge1 router=no status="failed"
`,
    entries: ['2001:db8::240 02:00:00:00:00:02 dynamic bridge1 stale', '2001:db8::9 - incomplete bridge1 failed'],
  },
  {
    what: '/interface bridge host print of RouterOS 7',
    format: 'mikrotik',
    text: `Flags: D - DYNAMIC; L - LOCAL
Columns: MAC-ADDRESS, VID, ON-INTERFACE, BRIDGE
#    MAC-ADDRESS        VID  ON-INTERFACE  BRIDGE
0 D  02:00:00:00:00:02   10  ether3        bridge1
1 DL 02:00:00:00:00:0b       ether1        bridge1
`,
    ports: ['02:00:00:00:00:02 10 ether3 dynamic', '02:00:00:00:00:0b - ether1 static'],
  },
  {
    what: 'arp -an of FreeBSD',
    format: 'bsd',
    text: `? (10.0.0.240) at 02:00:00:00:00:02 on igb1 expires in 1187 seconds [ethernet]
? (10.0.0.1) at 02:00:00:00:00:01 on igb1 permanent [ethernet]
? (10.0.0.9) at (incomplete) on igb1 expired [ethernet]
`,
    entries: [
      '10.0.0.240 02:00:00:00:00:02 dynamic igb1 expires 1187',
      '10.0.0.1 02:00:00:00:00:01 own igb1 permanent',
      '10.0.0.9 - incomplete igb1',
    ],
  },
  {
    what: 'ndp -an of FreeBSD',
    format: 'bsd',
    text: `Neighbor                             Linklayer Address  Netif Expire    1s 5s
2001:db8::240                        02:00:00:00:00:02   igb1 23h59m58s S
fe80::1%igb1                         02:00:00:00:00:01   igb1 permanent R
2001:db8::241                        02:00:00:00:00:03   igb1 12s       R
`,
    entries: [
      '2001:db8::240 02:00:00:00:00:02 dynamic igb1 STALE',
      'fe80::1 02:00:00:00:00:01 own igb1 REACHABLE',
      '2001:db8::241 02:00:00:00:00:03 dynamic igb1 expires 12 REACHABLE',
    ],
  },
  {
    what: 'the diagnostics page of OPNsense',
    format: 'bsd',
    text: `ip               mac                  intf       hostname             manufacturer
10.0.0.240       02:00:00:00:00:02    igb1       node-b               Acme
`,
    entries: ['10.0.0.240 02:00:00:00:00:02 dynamic igb1'],
  },
  {
    what: 'the JSON of OPNsense',
    format: 'bsd',
    text: JSON.stringify([
      { mac: '02:00:00:00:00:02', ip: '10.0.0.240', intf: 'igb1', expired: false, expires: 1187, permanent: false },
      { mac: '02:00:00:00:00:01', ip: '10.0.0.1', intf: 'igb1', expired: false, expires: -1, permanent: true },
    ]),
    entries: [
      '10.0.0.240 02:00:00:00:00:02 dynamic igb1 expires 1187',
      '10.0.0.1 02:00:00:00:00:01 own igb1 permanent',
    ],
  },
  {
    what: 'show evpn arp-cache vni all of FRR',
    format: 'frr',
    text: `VNI 10010 #ARP (IPv4 and IPv6, local and remote) 3

Flags: I=local-inactive, P=peer-active, X=peer-proxy
Neighbor                  Type   Flags State    MAC               Remote ES/VTEP                 Seq #'s
10.0.0.240                remote       active   02:00:00:00:00:02 10.255.0.2                     0/0
2001:db8::240             remote PX    active   02:00:00:00:00:02 10.255.0.2                     0/0
10.0.0.1                  local        inactive 02:00:00:00:00:01                                0/0
`,
    entries: [
      '10.0.0.240 02:00:00:00:00:02 remote - port 10.255.0.2 remote active',
      '2001:db8::240 02:00:00:00:00:02 remote - port 10.255.0.2 remote active',
      '10.0.0.1 02:00:00:00:00:01 dynamic - local inactive',
    ],
  },
  {
    what: 'show evpn mac vni all of FRR',
    format: 'frr',
    text: `VNI 10010 #MACs (local and remote) 3

Flags: N=sync-neighs, I=local-inactive, P=peer-active, X=peer-proxy
MAC               Type   Flags Intf/Remote ES/VTEP            VLAN  Seq #'s
02:00:00:00:00:02 remote       10.255.0.2                           1/0
02:00:00:00:00:03 local  PI    bond1                          10    0/0
02:00:00:00:00:04 local        swp3                           10    0/0
`,
    ports: [
      '02:00:00:00:00:02 - 10.255.0.2 remote',
      '02:00:00:00:00:03 10 bond1 dynamic',
      '02:00:00:00:00:04 10 swp3 dynamic',
    ],
  },
  {
    what: 'show arp of SONiC',
    format: 'sonic',
    text: `Address     MacAddress         Iface      Vlan
----------  -----------------  ---------  ------
10.0.0.240  02:00:00:00:00:02  Ethernet0  10
10.0.0.241  02:00:00:00:00:03  eth0       -
Total number of entries 2
`,
    entries: [
      '10.0.0.240 02:00:00:00:00:02 dynamic Vlan10 port Ethernet0 vlan 10',
      '10.0.0.241 02:00:00:00:00:03 dynamic eth0',
    ],
  },
  {
    what: 'show mac of SONiC',
    format: 'sonic',
    text: `  No.    Vlan  MacAddress         Port       Type
-----  ------  -----------------  ---------  -------
    1      10  02:00:00:00:00:02  Ethernet0  Dynamic
Total number of entries 1
`,
    ports: ['02:00:00:00:00:02 10 Ethernet0 dynamic'],
  },
]
