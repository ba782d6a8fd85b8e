@description('Name of the storage account: letters and digits only.')
@minLength(3)
@maxLength(24)
param name string

@description('Region of the account.')
param location string

@description('Tags of every resource of this deployment.')
param tags object

@description('Keep a copy in three zones.')
param zoneRedundant bool

@description('May be reached from outside the virtual network.')
param publicNetworkAccess bool

@description('Workspace that the diagnostics go to.')
param workspaceId string

@description('Days in which a deleted blob or container can be brought back.')
@minValue(1)
@maxValue(365)
param softDeleteDays int

@description('Container of the deployment packages.')
param deploymentContainer string

@description('Container of large payloads, by claim check.')
param payloadContainer string

@description('Container of users\' files.')
param fileContainer string

@description('Prefix in the payload container under which event data waits for its subscribers; it is deleted by age.')
param eventDataPrefix string

@description('Days after which event data under that prefix is deleted. Longer than a message may live.')
@minValue(15)
@maxValue(365)
param eventDataDays int

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS'
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    // Identities only: there are no account keys and no signatures made from them.
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: publicNetworkAccess ? 'Enabled' : 'Disabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: publicNetworkAccess ? 'Allow' : 'Deny'
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: {
      enabled: true
      days: softDeleteDays
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: softDeleteDays
    }
  }
}

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = [for container in [deploymentContainer, payloadContainer, fileContainer]: {
  parent: blobs
  name: container
  properties: {
    publicAccess: 'None'
  }
}]

// What the application deletes itself is not in here: only what it leaves to age.
resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'event-data'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: [ 'blockBlob' ]
              prefixMatch: [ '${payloadContainer}/${eventDataPrefix}' ]
            }
            actions: {
              baseBlob: {
                delete: {
                  daysAfterCreationGreaterThan: eventDataDays
                }
              }
            }
          }
        }
      ]
    }
  }
  dependsOn: [ containers ]
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: blobs
  name: 'log-analytics'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'StorageDelete'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'Transaction'
        enabled: true
      }
    ]
  }
}

output id string = account.id
output name string = account.name
output blobEndpoint string = account.properties.primaryEndpoints.blob
