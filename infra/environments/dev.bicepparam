using '../main.bicep'

// Small, and to zero when nobody is there.
param environmentName = 'dev'
param location = readEnvironmentVariable('AZURE_LOCATION', 'swedencentral')
param cosmosServerless = true
param alwaysReady = 0
param maximumInstanceCount = 40
param logDailyCapGb = 1
