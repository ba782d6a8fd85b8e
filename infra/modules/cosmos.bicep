@description('Name of the account.')
@minLength(3)
@maxLength(44)
param name string

@description('Region of the account, and first of its regions.')
param location string

@description('A second region that the data is copied to; empty: none. It is what disaster recovery starts from.')
param secondLocation string

@description('Tags of every resource of this deployment.')
param tags object

@description('Billed by use, up to 5,000 request units a second a partition; one region only. Otherwise autoscale.')
param serverless bool

@description('Most request units a second that autoscale goes up to; it goes down to a tenth of it.')
@minValue(1000)
@maxValue(1000000)
param maxThroughput int

@description('Spread the replicas of a region over its zones.')
param zoneRedundant bool

@description('May be reached from outside the virtual network.')
param publicNetworkAccess bool

@description('Workspace that the diagnostics go to.')
param workspaceId string

@description('Database of all tenants.')
param databaseName string

@description('Container of all documents.')
param containerName string

var regions = empty(secondLocation) ? [ location ] : [ location, secondLocation ]

resource account 'Microsoft.DocumentDB/databaseAccounts@2025-04-15' = {
  name: name
  location: location
  tags: tags
  kind: 'GlobalDocumentDB'
  properties: {
    databaseAccountOfferType: 'Standard'
    capabilities: serverless ? [ { name: 'EnableServerless' } ] : []
    // Within the region that is written to, this reads what was written last, whoever wrote it: one instance's
    // doorbell must not make another look too early. Over regions it bounds what can be lost.
    consistencyPolicy: {
      defaultConsistencyLevel: 'BoundedStaleness'
      maxIntervalInSeconds: 300
      maxStalenessPrefix: 100000
    }
    locations: [for (region, i) in regions: {
      locationName: region
      failoverPriority: i
      isZoneRedundant: zoneRedundant
    }]
    enableAutomaticFailover: !empty(secondLocation)
    enableMultipleWriteLocations: false
    disableLocalAuth: true
    disableKeyBasedMetadataWriteAccess: true
    minimalTlsVersion: 'Tls12'
    publicNetworkAccess: publicNetworkAccess ? 'Enabled' : 'Disabled'
    backupPolicy: {
      type: 'Continuous'
      continuousModeProperties: {
        tier: 'Continuous30Days'
      }
    }
  }
}

resource database 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases@2025-04-15' = {
  parent: account
  name: databaseName
  properties: {
    resource: {
      id: databaseName
    }
  }
}

resource container 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers@2025-04-15' = {
  parent: database
  name: containerName
  properties: {
    resource: {
      id: containerName
      partitionKey: {
        kind: 'MultiHash'
        version: 2
        paths: [ '/tenant', '/aggregate' ]
      }
      // Documents say themselves when they expire.
      defaultTtl: -1
      // docs/azure.md says which queries these are for; nothing else is ever filtered on.
      indexingPolicy: loadJsonContent('../cosmos-indexing.json')
    }
    options: serverless ? {} : {
      autoscaleSettings: {
        maxThroughput: maxThroughput
      }
    }
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: account
  name: 'log-analytics'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'ControlPlaneRequests'
        enabled: true
      }
      {
        category: 'PartitionKeyRUConsumption'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'Requests'
        enabled: true
      }
    ]
  }
}

output id string = account.id
output name string = account.name
output endpoint string = account.properties.documentEndpoint
output databaseName string = database.name
output containerName string = container.name
